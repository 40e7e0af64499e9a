import { addDays, type DateRange, type IsoDate } from './dates.js'

/** A security that a symbol named from a date (inclusive) to another (exclusive); null means without bound. */
interface NamedRange {
  symbolId: number
  from: IsoDate | null
  to: IsoDate | null
}

/** A symbol that names a security from a date (inclusive) to another (exclusive); null means without bound. */
export interface SymbolDates {
  symbol: string
  from: IsoDate | null
  to: IsoDate | null
}

/** Which security each symbol names on each date: one consistent reading of `ticker_symbols`, kept in memory. */
export class Universe {
  readonly #ranges = new Map<string, NamedRange[]>()
  #bySecurity: Map<number, SymbolDates[]> | undefined

  /** @param identitySeq the last identity change this reading has seen (`universe_changes.seq`), 0 when there was none */
  constructor(rows: Iterable<{ symbol: string } & NamedRange>, readonly identitySeq: number) {
    for (const { symbol, symbolId, from, to } of rows) {
      const ranges = this.#ranges.get(symbol)
      if (ranges) ranges.push({ symbolId, from, to })
      else this.#ranges.set(symbol, [{ symbolId, from, to }])
    }
  }

  /** How many symbols name a security on some date. */
  get size(): number {
    return this.#ranges.size
  }

  /** Whether the symbol names a security on any date. */
  has(symbol: string): boolean {
    return this.#ranges.has(symbol)
  }

  /** The security that the symbol names on the date. */
  securityOn(symbol: string, date: IsoDate): number | undefined {
    const ranges = this.#ranges.get(symbol)
    if (!ranges) return undefined
    for (const { symbolId, from, to } of ranges) {
      if ((from === null || from <= date) && (to === null || date < to)) return symbolId
    }
    return undefined
  }
  /** The security that the symbol names on the latest of these dates on which it names one. */
  lastNamed(symbol: string, { start, end }: DateRange): number | undefined {
    let last: NamedRange | undefined
    for (const range of this.#ranges.get(symbol) ?? []) {
      const isWithin = (range.from === null || range.from <= end) && (range.to === null || start < range.to)
      if (isWithin && (last === undefined || (last.from ?? '') < (range.from ?? ''))) last = range
    }
    return last?.symbolId
  }

  /** The securities that a symbol names on one of these dates, by id. */
  securitiesIn({ start, end }: DateRange): number[] {
    const found = new Set<number>()
    for (const ranges of this.#ranges.values()) {
      for (const { symbolId, from, to } of ranges) if ((from === null || from <= end) && (to === null || start < to)) found.add(symbolId)
    }
    return [...found].sort((a, b) => a - b)
  }

  /** The dates in pieces, in order, on each of which the symbol names one security at most. */
  piecesOf(symbol: string, { start, end }: DateRange): DateRange[] {
    const others = (this.#ranges.get(symbol) ?? []).flatMap(({ from }) => (from !== null && from > start && from <= end ? [from] : [])).toSorted()
    const starts = [start, ...others]
    return starts.map((first, index) => ({ start: first, end: index + 1 < starts.length ? addDays(starts[index + 1]!, -1) : end }))
  }

  /** The symbols that name the security and when, in order of dates. */
  rangesOf(symbolId: number): readonly SymbolDates[] {
    // Made when first asked for: loads, which have a reading for every date, never do.
    this.#bySecurity ??= this.#indexed()
    return this.#bySecurity.get(symbolId) ?? []
  }

  #indexed(): Map<number, SymbolDates[]> {
    const index = new Map<number, SymbolDates[]>()
    for (const [symbol, ranges] of this.#ranges) {
      for (const { symbolId, from, to } of ranges) {
        const known = index.get(symbolId)
        if (known) known.push({ symbol, from, to })
        else index.set(symbolId, [{ symbol, from, to }])
      }
    }
    for (const ranges of index.values()) ranges.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1))
    return index
  }
}
