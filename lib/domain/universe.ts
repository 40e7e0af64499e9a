import type { IsoDate } from './dates.js'

/** A security that a symbol named from a date (inclusive) to another (exclusive); null means without bound. */
interface NamedRange {
  symbolId: number
  from: IsoDate | null
  to: IsoDate | null
}

/** Which security each symbol names on each date: one consistent reading of `ticker_symbols`, kept in memory. */
export class Universe {
  readonly #ranges = new Map<string, NamedRange[]>()

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
}
