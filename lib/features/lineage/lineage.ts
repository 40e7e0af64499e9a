import type { Calendar } from '../../calendar/calendar.js'
import type { Timespan } from '../../datasets/timespan.js'
import { addDays, type DateRange, type IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { barOrigins, type Origin } from '../../store/bars/origins.js'

/** Bars of dates one after the other that came from one load or answer. */
export interface BarSource extends DateRange, Pick<Origin, 'loadId' | 'fetchId' | 'sha256' | 'pulledAt' | 'objectKey'> {
  bars: number
}

/** Bars of dates one after the other that came from one provider in one way. */
export interface OriginRange extends DateRange, Pick<Origin, 'kind' | 'provider' | 'dataset'> {
  /** Sessions, weeks or months. */
  dates: number
  bars: number
  /** By date. */
  sources: BarSource[]
}

/** What the bars of a range have in common. */
const wayOf = ({ kind, provider, dataset }: Pick<Origin, 'kind' | 'provider' | 'dataset'>): string => JSON.stringify([kind, provider, dataset])

/** Whether no session, week or month lies between the two dates. */
function follows(before: IsoDate, date: IsoDate, timespan: Timespan, calendar: Calendar): boolean {
  if (before === date) return true
  if (timespan.name === 'week' || timespan.name === 'month') return timespan.periods({ start: before, end: date }).slots === 2
  return !calendar.sessions({ start: addDays(before, 1), end: addDays(date, -1) }).length
}

/** A range that more dates may follow, with its sources of the latest date and of the one before. */
interface OpenRange {
  range: OriginRange
  latest: BarSource[]
  before: BarSource[]
}

/** Takes more bars of its way into a range. */
function extend(open: OpenRange, { date, bars, loadId, fetchId, sha256, pulledAt, objectKey }: Origin): void {
  const { range } = open
  if (range.dates === 0 || range.end !== date) {
    range.dates++
    open.before = open.latest
    open.latest = []
  }
  range.end = date
  range.bars += bars
  let source = open.before.find((known) => known.loadId === loadId && known.fetchId === fetchId)
  if (!source) {
    source = { start: date, end: date, bars: 0, loadId, fetchId, sha256, pulledAt, objectKey }
    range.sources.push(source)
  }
  source.end = date
  source.bars += bars
  open.latest.push(source)
}

/**
 * Origins collapsed into ranges: bars of one provider that came in one way (a file, a load of selected symbols of one, a fill, an answer), as long as no session of the
 * calendar (week, month) without such a bar comes between. A date on which bars came in two ways is in two ranges. By their first date.
 */
function collapse(origins: readonly Origin[], timespan: Timespan, calendar: Calendar): OriginRange[] {
  const open = new Map<string, OpenRange>()
  const ranges: OriginRange[] = []
  for (const origin of origins) {
    const { date, kind, provider, dataset } = origin
    const way = wayOf(origin)
    let place = open.get(way)
    if (!place || !follows(place.range.end, date, timespan, calendar)) {
      place = { range: { start: date, end: date, kind, provider, dataset, dates: 0, bars: 0, sources: [] }, latest: [], before: [] }
      open.set(way, place)
      ranges.push(place.range)
    }
    extend(place, origin)
  }
  return ranges
}

/** Where every bar of a security on these dates came from. */
export async function lineageOf(db: Queryable, timespan: Timespan, symbolId: number, range: DateRange, calendar: Calendar): Promise<OriginRange[]> {
  return collapse(await barOrigins(db, timespan, symbolId, range), timespan, calendar)
}

/** What tells a source from all others of a security: its dates, its range's way and itself. */
export type SourceKey = [start: IsoDate, rangeStart: IsoDate, way: string, loadId: number, fetchId: number]

/** A source with the range it is of. */
export interface PlacedSource {
  range: OriginRange
  source: BarSource
}

/** What a source is known by. */
export function keyOfSource({ range, source }: PlacedSource): SourceKey {
  return [source.start, range.start, wayOf(range), source.loadId ?? 0, source.fetchId ?? 0]
}

function compare(one: SourceKey, other: SourceKey): number {
  const place = one.findIndex((part, at) => part !== other[at])
  return place === -1 ? 0 : one[place]! < other[place]! ? -1 : 1
}

/** The sources of ranges one after the other by date, those after a key. */
export function sourcesAfter(ranges: readonly OriginRange[], after: SourceKey | null): PlacedSource[] {
  return ranges
    .flatMap((range) => range.sources.map((source) => ({ range, source })))
    .map((placed) => ({ placed, key: keyOfSource(placed) }))
    .filter(({ key }) => after === null || compare(key, after) > 0)
    .sort((a, b) => compare(a.key, b.key))
    .map(({ placed }) => placed)
}

/** The ranges that sources are of, with these alone. */
export function rangesOf(placed: readonly PlacedSource[]): (OriginRange & { sourcesTotal: number })[] {
  const ranges = new Map<OriginRange, BarSource[]>()
  for (const { range, source } of placed) ranges.set(range, ranges.get(range) ?? []).get(range)!.push(source)
  return [...ranges].map(([range, sources]) => ({ ...range, sourcesTotal: range.sources.length, sources })).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
}
