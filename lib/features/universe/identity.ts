import { addDays, type IsoDate } from '../../domain/dates.js'
import type { Piece } from '../../store/universe/changes.js'
import type { SymbolRange } from '../../store/universe/ranges.js'

/** Dates from (inclusive) to (exclusive); null is without bound. */
export interface Dates {
  from: IsoDate | null
  to: IsoDate | null
}

// ISO dates compare as text; these stand for "before" and "after every date".
const FIRST = ''
const LAST = '~'
const start = (dates: Pick<Dates, 'from'>): string => dates.from ?? FIRST
const end = (dates: Pick<Dates, 'to'>): string => dates.to ?? LAST
const bound = (text: string): IsoDate | null => (text === FIRST || text === LAST ? null : (text as IsoDate))

export function covers(dates: Dates, date: IsoDate): boolean {
  return start(dates) <= date && date < end(dates)
}

export function overlap(a: Dates, b: Dates): boolean {
  return start(a) < end(b) && start(b) < end(a)
}

/** The ranges that the others lack, assumed or not being a difference too. */
export function lacking(ranges: readonly SymbolRange[], others: readonly SymbolRange[]): SymbolRange[] {
  const key = ({ symbol, symbolId, from, to, assumed }: SymbolRange) => `${symbol} ${symbolId} ${from} ${to} ${assumed}`
  const there = new Set(others.map(key))
  return ranges.filter((range) => !there.has(key(range)))
}

/** Orders by first date. */
export function byStart(a: Pick<Dates, 'from'>, b: Pick<Dates, 'from'>): number {
  return start(a) < start(b) ? -1 : start(a) > start(b) ? 1 : 0
}

/** The part of a range that lies within the dates, if any. */
export function within<T extends Dates>(range: T, dates: Dates): T[] {
  if (!overlap(range, dates)) return []
  const from = start(range) > start(dates) ? range.from : dates.from
  const to = end(range) < end(dates) ? range.to : dates.to
  return [{ ...range, from, to }]
}

/** The parts of a range that lie outside the dates: none, one or two. */
export function outside<T extends Dates>(range: T, dates: Dates): T[] {
  const parts: T[] = []
  if (dates.from !== null) parts.push(...within(range, { from: null, to: dates.from }))
  if (dates.to !== null) parts.push(...within(range, { from: dates.to, to: null }))
  return parts
}

/** Dates for people, the last one inclusive: `2012-05-18 to 2022-06-08`, `from 2022-06-09`, `until 2003-03-28`, `all dates`. */
export function datesText({ from, to }: Dates): string {
  const last = to === null ? null : addDays(to, -1)
  if (from === null) return last === null ? 'all dates' : `until ${last}`
  return last === null ? `from ${from}` : `${from} to ${last}`
}

function* bySymbol(current: readonly SymbolRange[], wanted: readonly SymbolRange[]): Generator<[string, SymbolRange[], SymbolRange[]]> {
  const symbols = new Map<string, [SymbolRange[], SymbolRange[]]>()
  for (const [side, ranges] of [current, wanted].entries()) {
    for (const range of ranges) {
      let both = symbols.get(range.symbol)
      if (!both) symbols.set(range.symbol, (both = [[], []]))
      both[side as 0 | 1].push(range)
    }
  }
  for (const [symbol, [before, after]] of symbols) yield [symbol, before, after]
}

/**
 * What changes, symbol by symbol and in order of dates, when one set of ranges takes the place of another: the dates on
 * which a symbol names another security than before. Neither set has two securities for a symbol and date.
 */
export function pieces(current: readonly SymbolRange[], wanted: readonly SymbolRange[]): Piece[] {
  const changed: Piece[] = []
  for (const [symbol, before, after] of bySymbol(current, wanted)) {
    const cuts = [...new Set([...before, ...after].flatMap((range) => [start(range), end(range)]))].sort()
    const at = (ranges: SymbolRange[], date: string): number | null =>
      ranges.find((range) => start(range) <= date && date < end(range))?.symbolId ?? null
    for (const [index, cut] of cuts.slice(0, -1).entries()) {
      const [oldId, newId, to] = [at(before, cut), at(after, cut), bound(cuts[index + 1] ?? LAST)]
      if (oldId === newId) continue
      const last = changed.at(-1)
      if (last && last.symbol === symbol && last.to !== null && last.to === cut && last.oldId === oldId && last.newId === newId) last.to = to
      else changed.push({ symbol, from: bound(cut), to, oldId, newId })
    }
  }
  return changed
}
