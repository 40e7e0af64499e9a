import { LOAD, loadDocument, type LoadParameters } from '../../../documents/load.js'
import { loadWarnings } from '../../../documents/load-warnings.js'
import { DATASETS } from '../../../datasets/dataset.js'
import { InterruptedError } from '../../../domain/errors.js'
import { FAILED } from '../../../domain/outcome.js'
import { EXIT, exitCodeOf } from '../../framework/exit.js'
import { loadRange, type RangeJob, type RangeResult } from '../../../features/load/range/load-range.js'
import { observe } from '../../../features/load/range/observations.js'
import type { DayResult } from '../../../features/load/day/result.js'
import { totalsOf } from '../../../features/load/range/totals.js'
import { withRun } from '../../../features/runs/with-run.js'
import { VERSION } from '../../../domain/version.js'
import { NAMES } from '../../framework/names.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { loadRequest, parametersOf, rangeJob, type LoadFlags } from './load-job.js'
import { loadText } from './load-report.js'
import { progressBar } from '../../terminal/progress.js'

const flags = {
  start: { type: 'string', requiresArg: true, describe: 'first date, YYYY-MM-DD' },
  end: { type: 'string', requiresArg: true, describe: 'last date, YYYY-MM-DD; without it the latest session that has closed' },
  days: { type: 'string', requiresArg: true, describe: 'the last N sessions, ending with the latest that has closed' },
  date: { type: 'string', requiresArg: true, describe: 'one date; with --file the date of that file' },
  file: { type: 'string', requiresArg: true, describe: 'one local file, or - for stdin; gzipped or not' },
  dataset: { choices: DATASETS.map(({ flag }) => flag), default: 'day', describe: 'which kind of bars' },
  symbols: { type: 'string', requiresArg: true, describe: 'only these symbols, separated by commas: an override that makes no date complete' },
  only: { choices: ['unloaded', 'failed', 'changed'], describe: 'only dates never loaded, whose last attempt failed, or whose file has changed' },
  force: { type: 'boolean', describe: 'read files that are known to be unchanged as well' },
  accept: { type: 'boolean', describe: 'take a file whatever share of its rows it rejects or of the stored bars it removes' },
  'trust-ledger': { type: 'boolean', describe: 'do not check the stored rows of unchanged dates' },
  'include-closed': { type: 'boolean', describe: 'load files of days on which the exchange was closed' },
  'dry-run': { type: 'boolean', describe: 'read, filter, validate and compare, but write nothing' },
} as const

function exitCode(result: RangeResult, signal: AbortSignal): number {
  return signal.reason instanceof InterruptedError ? exitCodeOfError(signal.reason) : exitCodeOf(result.days.map(({ outcome }) => outcome))
}

/** Loads, under a record of the run unless it is a dry run. */
async function loadUnderRun(job: RangeJob, parameters: LoadParameters): Promise<{ runId: number | null; result: RangeResult }> {
  const { context, signal } = job
  if (context.dryRun) return { runId: null, result: await loadRange(job) }
  return withRun(context.patience, { command: 'load', parameters, version: VERSION, exitCodeOfError }, context.log, signal, async (runId) => {
    const result = await loadRange({ ...job, context: { ...context, runId } })
    const code = exitCode(result, signal)
    const status = signal.aborted ? 'interrupted' : code === EXIT.dateFailed ? 'failed' : 'succeeded'
    return { result: { runId, result }, end: { status, exitCode: code, totals: totalsOf(result), message: null } }
  })
}

function report(runId: number | null, result: RangeResult, warnings: readonly string[], parameters: LoadParameters, seconds: number, context: Context): Result<typeof LOAD> {
  // On a terminal the summary below has them.
  if (!context.interactive) for (const warning of warnings) context.log.warn(warning)
  return {
    exitCode: exitCode(result, context.signal),
    text: () => loadText(result, warnings, seconds, { dryRun: parameters.dry_run, room: context.room }),
    data: loadDocument({ runId, version: VERSION, parameters, seconds, result, warnings }),
  }
}

async function run(flags: LoadFlags, context: Context): Promise<Result<typeof LOAD>> {
  const { log, interactive } = context
  const request = loadRequest(flags, context)
  const progress = progressBar(interactive, context.settings.lanes)
  const started = performance.now()
  try {
    const job = await rangeJob(request, flags, context)
    const parameters = parametersOf(job)
    log[interactive ? 'debug' : 'info'](parameters, 'load begins')
    const onDay = (day: DayResult) => {
      progress.day(day)
      const { date, outcome, code, message, counts } = day
      const level = FAILED.has(outcome) ? 'warn' : 'info'
      log[interactive ? 'debug' : level]({ date, outcome, ...(code === null ? {} : { code, message }), ...counts }, 'date ended')
    }
    const { runId, result } = await loadUnderRun({ ...job, onPlan: progress.begin, onDay }, parameters)
    progress.end()
    const warnings = loadWarnings(result, await observe(job, result, context.settings.thinBelow), job.context.dataset.name)
    return report(runId, result, warnings, parameters, (performance.now() - started) / 1000, context)
  } finally {
    progress.end()
    await request.source.close()
  }
}

export const load = defineCommand({
  document: LOAD,
  ...NAMES.load,
  examples: [
    ['load --days 10', 'the last ten sessions: what runs every night; late and republished files heal'],
    ['load --start 2021-01-01 --end 2025-12-31', 'a backfill; dates that are complete cost almost nothing'],
    ['load --source ./flatfiles/us_stocks_sip --days 5', 'from a directory in the bucket\'s layout'],
    ['load --file - --date 2025-03-04 < 2025-03-04.csv.gz', 'one file through stdin, gzipped or not'],
    ['load --start 2025-01-01 --end 2025-12-31 --only failed', 'again what failed'],
  ],
  flags,
  settings: ['source', 'lanes', 'maxRejected', 'maxRemoved', 'publishedAt', 'missingAfter', 'thinBelow', 'dateTimeout', 'databaseWait', 'maxLineBytes', 'maxFileBytes', 'maxFileLines', 'maxRejectedRows'],
  run: (args, context) => run(args as LoadFlags, context),
})

