import type { DocumentOf } from '../../documents/document.js'
import { counted, figure } from '../../documents/figures.js'
import { SERVICE_FAILURES, serviceFailuresDocument } from '../../documents/service/failures.js'
import { UsageError } from '../../domain/errors.js'
import { failurePage, failuresByKind, type FailureKind } from '../../store/runs/failures.js'
import { successRate } from '../../store/runs/success-rate.js'
import type { Context, Result } from '../framework/command.js'
import { EXIT } from '../framework/exit.js'
import { printable } from '../terminal/printable.js'
import { table } from '../terminal/table.js'
import { instant } from '../terminal/times.js'

type Told = DocumentOf<typeof SERVICE_FAILURES>
type Failure = Told['failures'][number]

const DAY_MS = 86_400_000
const MOST_DAYS = 366
/** Of so many days unless told. */
export const DEFAULT_FAILURE_DAYS = 30

const WORDS: Readonly<Record<FailureKind, string>> = { date: 'date', run: 'run', request: 'request for bars', actions_request: 'request for actions', provider: 'provider' }
const COLUMNS = [
  { title: 'when' }, { title: 'what' }, { title: 'of', cut: true }, { title: 'how' }, { title: 'code', leaves: 1 }, { title: 'tried again', align: 'right' as const, leaves: 2 }, { title: 'run', align: 'right' as const, leaves: 3 }, { title: 'by now' },
]

function aboutOf({ asset, start, end, dataset, interval, provider }: Failure): string | null {
  const dates = start === null || start === end ? start : `${start}..${end}`
  return [asset, dates, dataset ?? interval, provider].filter((part) => part !== null).map(printable).join(' ') || null
}

function rowOf(failure: Failure): (string | null)[] {
  const { at, kind, state, code, retries, run_id: runId, resolved } = failure
  return [instant(new Date(at)), WORDS[kind], aboutOf(failure), state, code, retries === 0 ? null : figure(retries), runId === null ? null : String(runId), resolved === null ? null : resolved ? 'right' : 'not right yet']
}

function successText({ success: { runs, succeeded, interrupted, rate, goal } }: Told, days: number): string {
  const time = `the last ${counted(days, 'day')}`
  if (rate === null) return `No run succeeded or failed in ${time}.`
  const stopped = interrupted === 0 ? '' : `, ${figure(interrupted)} of which somebody stopped`
  return `${counted(runs, 'run')} ended in ${time}${stopped}; ${figure(succeeded)} succeeded: ${rate} % (goal: ${goal} %).`
}

function failuresText(told: Told, days: number, room: number): string {
  const total = told.counts.reduce((sum, { failures }) => sum + failures, 0)
  if (total === 0) return `Nothing failed in the last ${counted(days, 'day')}. ${successText(told, days)}`
  const more = total > told.failures.length ? [`${figure(total - told.failures.length)} more; --limit ${total} shows all.`] : []
  return [table(COLUMNS, told.failures.map(rowOf), room), '', successText(told, days), ...more].join('\n')
}

/** The days that are asked for. @throws UsageError DAYS_INVALID */
function readDays(days: number | undefined): number {
  if (days === undefined) return DEFAULT_FAILURE_DAYS
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days
  throw new UsageError('DAYS_INVALID', `--days must be a whole number from 1 to ${MOST_DAYS}`)
}

/** What failed in the last days, or only went well at another try, the latest first, and the rate of the runs: the document of the status service. */
export async function failuresOfDays({ days: asked, limit }: { days: number | undefined; limit: number }, { database, now, room }: Context): Promise<Result<typeof SERVICE_FAILURES>> {
  const days = readDays(asked)
  const wanted = { since: new Date(now().getTime() - days * DAY_MS), kinds: null }
  const { pool } = await database()
  const [success, counts, failures] = await Promise.all([successRate(pool, wanted.since), failuresByKind(pool, wanted), failurePage(pool, wanted, null, limit)])
  const data = serviceFailuresDocument(wanted.since, success, counts, failures, null)
  return { exitCode: EXIT.ok, document: SERVICE_FAILURES, data, text: () => failuresText(data, days, room) }
}
