import type { Dataset } from '../../datasets/dataset.js'
import { figure } from '../../documents/figures.js'
import type { DocumentOf } from '../../documents/document.js'
import type { VERIFY } from '../../documents/verify.js'
import type { DateRange } from '../../domain/dates.js'
import { InterruptedError } from '../../domain/errors.js'
import { openRequested } from '../../features/load/open-requested.js'
import type { Finding } from '../../features/verify/findings.js'
import { repair, type Repair } from '../../routines/repair.js'
import type { Context } from '../framework/command.js'
import { EXIT } from '../framework/exit.js'
import { exitCodeOfError } from '../framework/failure.js'
import { runtimeOf } from '../framework/runtime.js'
import { printable } from '../terminal/printable.js'
import { progressBar } from '../terminal/progress.js'
import { table } from '../terminal/table.js'
import { sourceOfSettings, withSettings } from './load/request.js'

type Repaired = NonNullable<Extract<DocumentOf<typeof VERIFY>, { repair: unknown }>['repair']>

/** How a repair ends, but for what it could not look at. */
export function exitCodeOfRepair({ dates }: Repair, { reason }: AbortSignal): number {
  if (reason instanceof InterruptedError) return exitCodeOfError(reason)
  return dates.every(({ isRight }) => isRight === true) ? EXIT.ok : EXIT.dateFailed
}

/** Repairs what was found, and tells on stderr how it goes on. */
export async function repairFound(context: Context, { dataset, findings, dryRun }: { dataset: Dataset; findings: readonly Finding[]; dryRun: boolean }): Promise<Repair> {
  const { settings, signal, log, interactive } = context
  const progress = progressBar(interactive, '{bar} {value}/{total}  {left}  {label}')
  const open = (dates: DateRange) => {
    const request = withSettings({ dates, source: sourceOfSettings(settings), dataset: dataset.name }, settings)
    return { request, source: openRequested(request, context, log) }
  }
  try {
    return await repair(await runtimeOf(context), { dataset, findings, dryRun }, {
      open, onPlan: (files) => progress.plan(files, { label: '' }), onDay: ({ date }) => progress.step({ label: date }),
      exitCodes: { ofResult: (result) => exitCodeOfRepair(result, signal), ofError: exitCodeOfError },
    })
  } finally {
    progress.end()
  }
}

function endingOf({ outcome, code, message, is_right: isRight }: Repaired['dates'][number], dryRun: boolean): string {
  const why = [code ?? outcome, message].filter((part) => part !== null).join(': ')
  if (outcome === null) return 'not reached'
  if (dryRun) return outcome === 'loaded' ? 'would be loaded' : printable(why)
  if (isRight === null) return 'interrupted'
  return isRight ? 'is right now' : `stays as it is: ${printable(outcome === 'loaded' ? 'its file is loaded, and the ledger is not right all the same' : why)}`
}

/** What became of each date. */
export function repairText({ run_id: runId, dry_run: dryRun, dates }: Repaired): string {
  if (dates.length === 0) return 'There was nothing to repair.'
  const columns = [
    { title: 'date' }, { title: 'inserted', align: 'right' as const }, { title: 'updated', align: 'right' as const }, { title: 'removed', align: 'right' as const }, { title: 'how it ended' },
  ]
  const rows = dates.map((date) => [date.date, date.inserted, date.updated, date.removed, endingOf(date, dryRun)])
  const right = dates.filter(({ is_right: isRight }) => isRight === true).length
  const closing = dryRun ? 'dry run: nothing was written' : `${figure(right)} of ${figure(dates.length)} repaired by run ${runId}; ohlcv remediation --run ${runId} shows what was wrong.`
  return `${table(columns, rows)}\n\n${closing}`
}
