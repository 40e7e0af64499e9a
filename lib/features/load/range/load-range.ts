import { loadedDays, type LoadedDay } from '../../../store/ledger/days.js'
import { ensurePartitions } from '../../../store/bars/partitions.js'
import { lastOutcomes } from '../../../store/runs/attempts.js'
import type { DateRange, IsoDate } from '../../../domain/dates.js'
import { prefetching } from '../../../transport/prefetch.js'
import type { DayFile } from '../../../sources/source.js'
import { AttemptLog } from './attempts.js'
import { loadDay } from '../day/load-day.js'
import { makePlan, type Plan, type PlanJob } from './plan.js'
import { withoutReading, type DayResult } from '../day/result.js'
import { isSelected, type Only } from './selection.js'
import type { LoadContext } from '../day/try-day.js'
import { maybeUnchanged, settleUnchanged } from './unchanged.js'

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

/** Does the work on each item, several at a time, in order; begins nothing new once the signal is aborted. */
async function inLanes<T>(items: readonly T[], lanes: number, signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length && !signal.aborted) await work(items[next++]!)
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane))
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
}

/** What `--only` leaves of a plan. */
async function narrowed(job: RangeJob, plan: Plan, loaded: ReadonlyMap<IsoDate, LoadedDay>): Promise<Plan> {
  const { only, context: { steadyPool, dataset, source } } = job
  if (only === null) return plan
  const known = {
    loaded,
    lastOutcomes: await steadyPool.prepare(job.signal, (client) => lastOutcomes(client, dataset.name, job.range)),
    identityOf: async (file: DayFile) => file.identity ?? source.identify(file, job.signal),
  }
  const files: DayFile[] = []
  for (const file of plan.files) if (await isSelected(only, file.date, file, known)) files.push(file)
  const settled = []
  for (const date of plan.settled) if (date.outcome !== 'holiday' && (await isSelected(only, date.date, undefined, known))) settled.push(date)
  return { files, settled, weekends: plan.weekends }
}

/** Reads and merges files, their bodies fetched ahead of the lanes. */
async function loadFiles({ context, lanes, signal, dateTimeoutSeconds }: RangeJob, files: DayFile[], end: (day: DayResult) => Promise<void>): Promise<void> {
  const { source, stop } = prefetching(context.source, files, signal)
  try {
    await inLanes(files, lanes, signal, async (file) => end(await loadDay({ ...context, source }, file, signal, dateTimeoutSeconds)))
  } finally {
    stop()
  }
}

/**
 * Loads a range of dates: several at once, each in a transaction of its own. A date that fails changes nothing and the
 * others go on; an abort of the signal ends the dates under way and begins no new one.
 * @throws UsageError when the source cannot be used at all
 */
export async function loadRange(job: RangeJob): Promise<RangeResult> {
  const { context, range, signal } = job
  const { steadyPool, dataset, source, now } = context
  await context.failpoint('run-opened')
  const loaded = await steadyPool.prepare(signal, (client) => loadedDays(client, dataset.name, range))
  const plan = await narrowed(job, await makePlan({ ...job, source, dataset, now: now() }), loaded)
  const attempts = new AttemptLog(steadyPool, context.dryRun ? null : context.runId, dataset.name, context.log, signal)
  const [first, last] = [plan.files[0], plan.files.at(-1)]
  if (first && last && !context.dryRun) await steadyPool.prepare(signal, (client) => ensurePartitions(client, dataset, first.date, last.date))

  const days: DayResult[] = []
  const end = async (...ended: DayResult[]) => {
    days.push(...ended)
    await attempts.add(...ended)
    for (const day of ended) job.onDay(day)
  }
  await end(...plan.settled.map(({ date, ...ending }) => withoutReading(date, now(), ending)))
  job.onPlan(plan.files.length)
  const left = () => {
    const ended = new Set(days.map(({ date }) => date))
    return plan.files.filter(({ date }) => !ended.has(date))
  }
  try {
    await inLanes(maybeUnchanged(job, plan.files, loaded), job.lanes, signal, async (group) => end(...await settleUnchanged(job, group)))
    await loadFiles(job, left(), end)
  } finally {
    await attempts.flush()
  }
  await context.failpoint('before-report')
  const notReached = left().map(({ date }) => date)
  return { days: days.sort((a, b) => (a.date < b.date ? -1 : 1)), weekends: plan.weekends, notReached }
}
