import { HOUR } from '../../datasets/hour.js'
import { MONTH } from '../../datasets/month.js'
import type { Timespan } from '../../datasets/timespan.js'
import { WEEK } from '../../datasets/week.js'
import type { Session } from '../../calendar/calendar.js'
import { addDays, type DateRange, type IsoDate } from '../../domain/dates.js'
import type { Compared } from '../../store/compare/differences.js'
import { compareHours, type ComparedHours } from '../../store/compare/hours.js'
import { fetchedIn, givenBy } from '../../store/compare/securities.js'
import { againstComputed, computedOf } from '../../store/compare/sides.js'
import type { Runtime } from '../runs/runtime.js'
import { compareAll, type CompareObserver, type Comparison } from './comparison.js'
import type { AggregatesComparison } from './request.js'
import { nothingToCompare, resolveComparison, sourceNamed } from './resolve.js'

/** So many securities' hours are looked at by one statement. */
const AT_ONCE = 25

/** The periods that the range touches, each with how many of the calendar's sessions it has. */
function periodsOf(timespan: Timespan, range: DateRange, sessionsOf: (range: DateRange) => Session[]): Compared & { sessions: number[] } {
  const periods = timespan.periods(range)
  const all = Array.from({ length: periods.slots }, (_, slot) => ({ time: periods.time(slot) as IsoDate, dates: periods.dates(slot) }))
  const [start, end] = [all[0]!.time, all.at(-1)!.time]
  return {
    range: { start, end }, around: { start: timespan.asked({ start: addDays(start, -1), end }).start, end: addDays(all.at(-1)!.dates.end, 1) },
    times: all.map(({ time }) => time), sessions: all.map(({ dates }) => sessionsOf(dates).length),
  }
}

/** Fetched weeks and months held against computed ones, and daily bars against hours; `hours` null where none are held. */
export interface ComparedAggregates {
  range: DateRange
  comparisons: Comparison[]
  hours: ComparedHours | null
}

/**
 * Compares fetched weeks and months with those computed of the stored days, and these with hours.
 * @throws UsageError COMPARE_NOTHING where none of them was fetched, and as {@link resolveComparison}
 */
export async function compareAggregates(runtime: Runtime, request: AggregatesComparison, observer: CompareObserver = {}): Promise<ComparedAggregates> {
  const { range, calendar, sessions, symbolIds } = await resolveComparison(runtime, request)
  const chosen = symbolIds && new Set(symbolIds)
  const provider = request.provider === null ? null : sourceNamed(request.provider)
  const having = (timespan: Timespan): Promise<number[]> => {
    const asked = timespan.asked(range)
    return provider === null ? fetchedIn(runtime.db.pool, timespan, asked) : givenBy(runtime.db.pool, provider, timespan.name, asked)
  }
  const fetched = async (timespan: Timespan): Promise<number[]> => (await having(timespan)).filter((id) => chosen === null || chosen.has(id))
  const plan = [{ timespan: WEEK, ids: await fetched(WEEK) }, { timespan: MONTH, ids: await fetched(MONTH) }]
  const withHours = provider === null ? await fetched(HOUR) : []
  const count = plan.reduce((sum, { ids }) => sum + ids.length, withHours.length)
  if (count === 0) {
    const hint = `ohlcv fetch${provider === null ? '' : ` --provider ${provider.name} --timespan week,month`} --symbols all --start ${range.start} --end ${range.end} fetches them`
    throw nothingToCompare(provider === null ? 'no weeks, months or hours were fetched' : `${provider.name} has given no weeks or months`, range, request, hint)
  }
  observer.onPlan?.(count)
  const comparisons: Comparison[] = []
  for (const { timespan, ids } of plan) {
    if (ids.length === 0) continue
    const { sessions: expected, ...compared } = periodsOf(timespan, range, (dates) => calendar.sessions(dates).filter(({ close }) => close <= runtime.now()))
    const found = await compareAll(runtime, againstComputed(timespan, expected, provider), ids, compared, request.limit, observer)
    comparisons.push({ timespan: timespan.name, mine: provider ?? { name: timespan.table, basis: 'none' }, theirs: { name: computedOf(timespan), basis: 'none' }, ...found })
  }
  return { range, comparisons, hours: withHours.length === 0 ? null : await hoursOf(runtime, withHours, sessions, observer) }
}

async function hoursOf({ db, signal }: Runtime, symbolIds: readonly number[], sessions: readonly Session[], { onSecurities }: CompareObserver): Promise<ComparedHours> {
  const all: ComparedHours = { days: 0, beyond: [] }
  for (let at = 0; at < symbolIds.length; at += AT_ONCE) {
    signal.throwIfAborted()
    const ids = symbolIds.slice(at, at + AT_ONCE)
    const { days, beyond } = await compareHours(db.pool, ids, sessions)
    all.days += days
    all.beyond.push(...beyond)
    onSecurities?.(ids.length)
  }
  all.beyond.sort((a, b) => Number(b.percent) - Number(a.percent))
  return all
}
