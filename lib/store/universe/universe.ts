import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

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

/** The readings that the dates of a run use: the same one for as long as no identity changes. A reading itself never changes. */
export class UniverseReadings {
  #latest: Universe | undefined

  /** The universe as it is now. */
  async current(db: Queryable): Promise<Universe> {
    const known = this.#latest
    if (known !== undefined && known.identitySeq === await lastIdentityChange(db)) return known
    const latest = await loadUniverse(db)
    this.#latest = latest
    return latest
  }
}

/** The last identity change made. Asked in a statement of its own after the date's lock is had: its snapshot must be taken then. */
export async function lastIdentityChange(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from universe_changes')
  return rows[0]!.seq
}

/** Reads the whole universe, with the last identity change, in one snapshot. */
export async function loadUniverse(db: Queryable): Promise<Universe> {
  const { rows } = await db.query<{ seq: number; symbol: string | null; symbol_id: number; valid_from: IsoDate | null; valid_to: IsoDate | null }>(`
    select latest.seq, s.symbol, s.symbol_id, lower(s.valid) as valid_from, upper(s.valid) as valid_to
    from (select coalesce(max(seq), 0) as seq from universe_changes) latest
    left join ticker_symbols s on true`)
  const named = rows.flatMap(({ symbol, symbol_id, valid_from, valid_to }) =>
    symbol === null ? [] : [{ symbol, symbolId: symbol_id, from: valid_from, to: valid_to }])
  return new Universe(named, rows[0]?.seq ?? 0)
}

/** Whether any symbol names a security. */
export async function hasUniverse(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ there: boolean }>('select exists (select 1 from ticker_symbols) as there')
  return rows[0]!.there
}
