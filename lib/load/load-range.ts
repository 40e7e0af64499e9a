import { loadedDays, storedChecksum, type LoadedDay } from '../db/ledger.js'
import { ensurePartitions } from '../db/merge.js'
import { lastOutcomes } from '../db/runs.js'
import type { DateRange, IsoDate } from '../domain/dates.js'
import type { DayFile } from '../sources/source.js'
import { RULES_VERSION } from '../stages/rules.js'
import { AttemptLog } from './attempts.js'
import { endingOfError, loadDay } from './load-day.js'
import { makePlan, type Plan, type PlanJob } from './plan.js'
import type { DayResult } from './result.js'
import { isSelected, type Only } from './selection.js'
import type { LoadContext } from './try-day.js'

/** A run over a range of dates. */
export interface RangeJob {
  context: LoadContext
  range: DateRange
  calendar: PlanJob['calendar']
  publication: PlanJob['publication']
  includeClosed: boolean
  only: Only | null
  /** Take the ledger's word for what is stored instead of checking the rows. */
  trustLedger: boolean
  lanes: number
  dateTimeoutSeconds: number
  signal: AbortSignal
  /** Told how many files there are to go through, once that is known. */
  onPlan(files: number): void
  /** Told of each date as it ends. */
  onDay(day: DayResult): void
}

/** How the dates of a run ended, in order. */
export interface RangeResult {
  days: DayResult[]
  weekends: number
  /** Dates with a file that the run did not come to. */
  notReached: IsoDate[]
}

/** A result for a date that needed no reading. */
function withoutReading(date: IsoDate, at: Date, ending: Pick<DayResult, 'outcome' | 'code' | 'message'>, rows: number | null = null): DayResult {
  return { date, ...ending, counts: null, rows, unknownSymbols: [], loadId: null, startedAt: at, finishedAt: at }
}

/** Whether the date already stands at this version of its file, by the rules and identities of today, with the rows it had. */
async function isUnchanged(job: RangeJob, file: DayFile, day: LoadedDay | undefined): Promise<boolean> {
  const { patience, dataset, source, force, selected } = job.context
  if (day === undefined || force || selected !== null || day.stale || day.rulesVersion !== RULES_VERSION) return false
  if ((file.identity ?? (await source.identify(file, job.signal))) !== day.sourceIdentity) return false
  if (job.trustLedger) return true
  const stored = await patience.run(job.signal, (client) => storedChecksum(client, dataset, file.date))
  return stored.checksum === day.checksum && stored.rowCount === day.rowCount
}

async function oneDate(job: RangeJob, file: DayFile, day: LoadedDay | undefined): Promise<DayResult> {
  const { now } = job.context
  try {
    if (await isUnchanged(job, file, day)) {
      return withoutReading(file.date, now(), { outcome: 'unchanged', code: null, message: null }, day?.rowCount)
    }
  } catch (error) {
    return withoutReading(file.date, now(), endingOfError(job.signal.aborted ? job.signal.reason : error))
  }
  return loadDay(job.context, file, job.signal, job.dateTimeoutSeconds)
}

/** What `--only` leaves of a plan. */
async function narrowed(job: RangeJob, plan: Plan, loaded: ReadonlyMap<IsoDate, LoadedDay>): Promise<Plan> {
  const { only, context: { patience, dataset, source } } = job
  if (only === null) return plan
  const known = {
    loaded,
    lastOutcomes: await patience.prepare(job.signal, (client) => lastOutcomes(client, dataset.name, job.range)),
    identityOf: async (file: DayFile) => file.identity ?? source.identify(file, job.signal),
  }
  const files: DayFile[] = []
  for (const file of plan.files) if (await isSelected(only, file.date, file, known)) files.push(file)
  const settled = []
  for (const date of plan.settled) if (date.outcome !== 'holiday' && (await isSelected(only, date.date, undefined, known))) settled.push(date)
  return { files, settled, weekends: plan.weekends }
}

/**
 * Loads a range of dates: several at once, each in a transaction of its own. A date that fails changes nothing and the
 * others go on; an abort of the signal ends the dates under way and begins no new one.
 * @throws UsageError when the source cannot be used at all
 */
export async function loadRange(job: RangeJob): Promise<RangeResult> {
  const { context, range, signal } = job
  const { patience, dataset, source, now } = context
  await context.failpoint('run-opened')
  const loaded = await patience.prepare(signal, (client) => loadedDays(client, dataset.name, range))
  const plan = await narrowed(job, await makePlan({ ...job, source, dataset, now: now() }), loaded)
  const attempts = new AttemptLog(patience, context.dryRun ? null : context.runId, dataset.name, context.log, signal)
  const [first, last] = [plan.files[0], plan.files.at(-1)]
  if (first && last && !context.dryRun) await patience.prepare(signal, (client) => ensurePartitions(client, dataset, first.date, last.date))

  const days = plan.settled.map(({ date, ...ending }) => withoutReading(date, now(), ending))
  await attempts.add(...days)
  for (const day of days) job.onDay(day)
  job.onPlan(plan.files.length)

  let next = 0
  const lane = async () => {
    while (next < plan.files.length && !signal.aborted) {
      const file = plan.files[next++]!
      const day = await oneDate(job, file, loaded.get(file.date))
      days.push(day)
      await attempts.add(day)
      job.onDay(day)
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(job.lanes, plan.files.length) }, lane))
  await attempts.flush()
  await context.failpoint('before-report')
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
  const notReached = plan.files.slice(next).map(({ date }) => date)
  return { days: days.sort((a, b) => (a.date < b.date ? -1 : 1)), weekends: plan.weekends, notReached }
}
