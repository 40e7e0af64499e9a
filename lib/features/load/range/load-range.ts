import { loadedDays, type LoadedDay } from '../../../store/ledger/days.js'
import { ensurePartitions } from '../../../store/bars/partitions.js'
import { lastAttempts } from '../../../store/runs/attempts.js'
import type { IsoDate } from '../../../domain/dates.js'
import { prefetching } from '../../../transport/prefetch.js'
import type { DayFile } from '../../../sources/source.js'
import type { Runtime } from '../../runs/runtime.js'
import { AttemptLog } from './attempts.js'
import { loadDay } from '../day/load-day.js'
import { makePlan, type Plan } from './plan.js'
import { publicationOf } from '../request.js'
import type { ResolvedLoad } from '../resolve.js'
import { withoutReading, type DayResult } from '../day/result.js'
import type { LoadRun } from '../day/run.js'
import { Turns } from '../day/turns.js'
import { inLanes } from '../../runs/in-lanes.js'
import { UniverseReadings } from '../../runs/universe-readings.js'
import { isSelected } from './selection.js'
import { maybeUnchanged, settleUnchanged } from './unchanged.js'

/** Who is told how the dates of a run go on. */
export interface RangeObserver {
  /** Told how many files there are to go through, once that is known. */
  onPlan?: (files: number) => void
  /** Told of each date as it ends. */
  onDay?: (day: DayResult) => void
}

/** How the dates of a run ended, in order. */
export interface RangeResult {
  days: DayResult[]
  weekends: number
  /** Dates with a file that the run did not come to. */
  notReached: IsoDate[]
}

/** What `only` leaves of a plan. */
async function narrowed({ db, signal }: Runtime, { request: { only }, range, dataset, source }: ResolvedLoad, plan: Plan, loaded: ReadonlyMap<IsoDate, LoadedDay>): Promise<Plan> {
  if (only === null) return plan
  const standing = {
    loaded,
    attempts: await db.prepare(signal, (client) => lastAttempts(client, dataset.name, range)),
    versionOf: async (file: DayFile) => file.version ?? source.versionOf(file, signal),
  }
  const files: DayFile[] = []
  for (const file of plan.files) if (await isSelected(only, file.date, file, standing)) files.push(file)
  const settled = []
  for (const date of plan.settled) if (date.outcome !== 'holiday' && (await isSelected(only, date.date, undefined, standing))) settled.push(date)
  return { files, settled, weekends: plan.weekends }
}

/** Reads and merges files, their bodies fetched ahead of the lanes. */
async function loadFiles(runtime: Runtime, run: LoadRun, files: DayFile[], end: (day: DayResult) => Promise<void>): Promise<void> {
  const { source, stop } = prefetching(run.source, files, runtime.signal)
  try {
    await inLanes(files, run.request.lanes, runtime.signal, async (file) => end(await loadDay(runtime, { ...run, source }, file)))
  } finally {
    stop()
  }
}

/**
 * Loads a range of dates: several at once, each in a transaction of its own. A date that fails changes nothing and the
 * others go on; an abort of the signal ends the dates under way and begins no new one.
 * @param runId null in a dry run, which writes nothing
 * @throws UsageError when the source cannot be used at all
 */
export async function loadRange(runtime: Runtime, load: ResolvedLoad, runId: number | null, { onPlan, onDay }: RangeObserver): Promise<RangeResult> {
  const { db, now, signal, failpoint } = runtime
  const { request, dataset, range } = load
  const run: LoadRun = { ...load, runId, universes: new UniverseReadings(), turns: new Turns() }
  await failpoint('run-opened')
  const loaded = await db.prepare(signal, (client) => loadedDays(client, dataset.name, range))
  const plan = await narrowed(runtime, load, await makePlan({ ...load, publication: publicationOf(request), includeClosed: request.include_closed, now: now(), signal }), loaded)
  const attempts = new AttemptLog(runtime, run)
  const [first, last] = [plan.files[0], plan.files.at(-1)]
  if (first && last && runId !== null) await db.prepare(signal, (client) => ensurePartitions(client, dataset, first.date, last.date))

  const days: DayResult[] = []
  const end = async (...ended: DayResult[]) => {
    days.push(...ended)
    await attempts.add(...ended)
    for (const day of ended) onDay?.(day)
  }
  await end(...plan.settled.map(({ date, ...ending }) => withoutReading(date, now(), ending)))
  onPlan?.(plan.files.length)
  const notEnded = () => {
    const ended = new Set(days.map(({ date }) => date))
    return plan.files.filter(({ date }) => !ended.has(date))
  }
  try {
    await inLanes(maybeUnchanged(run, plan.files, loaded), request.lanes, signal, async (group) => end(...await settleUnchanged(runtime, run, group)))
    await loadFiles(runtime, run, notEnded(), end)
  } finally {
    await attempts.flush()
  }
  await failpoint('before-report')
  const notReached = notEnded().map(({ date }) => date)
  return { days: days.sort((a, b) => (a.date < b.date ? -1 : 1)), weekends: plan.weekends, notReached }
}
