import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A symbol of a security and the dates on which it names it; null means without bound. */
export interface SymbolName {
  symbol: string
  from: IsoDate | null
  /** The last date, inclusive. */
  to: IsoDate | null
}

/** A security with every symbol it has had, the oldest first. */
export interface Security {
  symbolId: number
  name: string | null
  names: SymbolName[]
}

/** Every security that the symbol has named on some date, with all the symbols each of them has had. */
export async function securitiesNamed(db: Queryable, symbol: string): Promise<Security[]> {
  const { rows } = await db.query<{ symbol_id: number; name: string | null; symbol: string; valid_from: IsoDate | null; valid_to: IsoDate | null }>(`
    select s.symbol_id, t.name, s.symbol,
           nullif(lower(s.valid), '-infinity') as valid_from, nullif(upper(s.valid), 'infinity') - 1 as valid_to
    from ticker_symbols s join tickers t using (symbol_id)
    where s.symbol_id in (select symbol_id from ticker_symbols where symbol = $1)
    order by s.symbol_id, s.valid`, [symbol])
  const securities = new Map<number, Security>()
  for (const row of rows) {
    const security = securities.get(row.symbol_id) ?? { symbolId: row.symbol_id, name: row.name, names: [] }
    security.names.push({ symbol: row.symbol, from: row.valid_from, to: row.valid_to })
    securities.set(row.symbol_id, security)
  }
  return [...securities.values()]
}

/** Symbols of the universe that match one of the patterns (of LIKE, in any case), up to a limit. */
export async function symbolsLike(db: Queryable, patterns: string[], limit: number): Promise<string[]> {
  const { rows } = await db.query<{ symbol: string }>(
    'select distinct symbol from ticker_symbols where symbol ilike any ($1::text[]) order by symbol limit $2', [patterns, limit])
  return rows.map(({ symbol }) => symbol)
}

/** What securities are called on a date; one that no symbol names is left out. */
export async function namesOn(db: Queryable, symbolIds: readonly number[], date: IsoDate): Promise<{ symbolId: number; symbol: string }[]> {
  const { rows } = await db.query<{ symbolId: number; symbol: string }>(`
    select symbol_id as "symbolId", symbol from ticker_symbols where symbol_id = any ($1::integer[]) and valid @> $2::date order by symbol`, [symbolIds, date])
  return rows
}
