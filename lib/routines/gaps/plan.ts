import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Gap, Gaps } from '../../features/gaps/gap.js'
import { NOT_EXPECTED } from '../../features/gaps/reasons.js'

/** Dates so few sessions apart are loaded together: what is unchanged between them costs little. */
const SESSIONS_BETWEEN = 5

/** Dates of which a provider is asked for all symbols at once, where it can be: those that lack so many bars. */
const MANY = 20

/** The sessions of a range that are asked about. */
export function sessionsIn({ sessions }: Gaps, { start, end }: DateRange): IsoDate[] {
  return sessions.filter((date) => date >= start && date <= end)
}

/** Dates as ranges, those with no more than so many sessions between them in one. */
export function rangesOf({ sessions }: Gaps, dates: ReadonlySet<IsoDate>, between: number): DateRange[] {
  const ranges: DateRange[] = []
  let [last, place] = [-Infinity, 0]
  for (const date of sessions) {
    place++
    if (!dates.has(date)) continue
    const open = ranges.at(-1)
    if (open && place - last <= between + 1) open.end = date
    else ranges.push({ start: date, end: date })
    last = place
  }
  return ranges
}

/** The bars that a gap lacks, but for those that no source has, as dates. */
export function openDates(gaps: Gaps, gap: Gap): IsoDate[] {
  return sessionsIn(gaps, gap).filter((date) => gaps.pairs.lacking.hasOn(gap.symbolId, date) && !gaps.pairs.closed.hasOn(gap.symbolId, date))
}

/** The dates whose files are asked again: those not loaded, those that lost bars, and loaded ones that lack some. */
export function fileDates(gaps: Gaps): DateRange[] {
  const dates = new Set([...gaps.unloaded.filter(({ isClosed }) => !isClosed).map(({ date }) => date), ...gaps.lost])
  for (const gap of gaps.gaps) if (!NOT_EXPECTED.has(gap.reason)) for (const date of openDates(gaps, gap)) dates.add(date)
  return rangesOf(gaps, dates, SESSIONS_BETWEEN)
}

/** What providers are to be asked for: dates of which all symbols are wanted, and some securities of consecutive dates. */
export interface ProviderPlan {
  whole: DateRange[]
  some: { dates: DateRange; symbolIds: number[] }[]
}

/** What is left for providers: unloaded dates, but for those that no source has. @param canGroup whether one of them gives all symbols of a date at once */
export function providerPlan(gaps: Gaps, canGroup: boolean): ProviderPlan {
  const open = gaps.unloaded.filter(({ isClosed }) => !isClosed)
  const isMany = ({ lacking, bars }: (typeof open)[number]): boolean => canGroup && ((lacking ?? 0) >= MANY || bars === 0)
  const whole = rangesOf(gaps, new Set(open.filter(isMany).map(({ date }) => date)), 0)
  const ranges = rangesOf(gaps, new Set(open.filter((each) => !isMany(each)).map(({ date }) => date)), 0)
  const securities = gaps.pairs.lacking.securities
  const some = ranges.map((dates) => {
    const sessions = sessionsIn(gaps, dates)
    const lacks = (symbolId: number): boolean => sessions.some((date) => gaps.pairs.lacking.hasOn(symbolId, date) && !gaps.pairs.closed.hasOn(symbolId, date))
    return { dates, symbolIds: securities.filter(lacks) }
  })
  return { whole, some: some.filter(({ symbolIds }) => symbolIds.length > 0) }
}
