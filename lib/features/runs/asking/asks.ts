import { addDays, type DateRange, type IsoDate } from '../../../domain/dates.js'
import type { Universe } from '../../../domain/universe.js'

/** The part of the dates from (inclusive) to (exclusive) that lies within the range. */
export function within(from: IsoDate | null, to: IsoDate | null, { start, end }: DateRange): DateRange | undefined {
  const last = to === null ? end : addDays(to, -1)
  const part = { start: from !== null && from > start ? from : start, end: last < end ? last : end }
  return part.start <= part.end ? part : undefined
}

/** Dates on which a symbol names the security that is meant. */
export interface SymbolAsk {
  symbol: string
  range: DateRange
}

/** The symbols to ask by for what a symbol means on these dates: those that its security had. One that is not known means itself; one that named nothing, nothing. */
export function asksOf(symbol: string, universe: Universe, range: DateRange): SymbolAsk[] {
  if (!universe.has(symbol)) return [{ symbol, range }]
  const symbolId = universe.lastNamed(symbol, range)
  if (symbolId === undefined) return []
  return universe.rangesOf(symbolId).flatMap(({ symbol, from, to }) => {
    const part = within(from, to, range)
    return part ? [{ symbol, range: part }] : []
  })
}
