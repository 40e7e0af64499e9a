import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** What the active securities, of whatever type or (in any case of its letters) of one, are called on a date, in order. */
export async function activeSymbols(db: Queryable, date: IsoDate, type: string | null): Promise<string[]> {
  const { rows } = await db.query<{ symbol: string }>(`
    select s.symbol from ticker_symbols s join tickers t using (symbol_id)
    where t.active and s.valid @> $1::date and ($2::text is null or lower(t.type) = lower($2)) order by s.symbol`, [date, type])
  return rows.map(({ symbol }) => symbol)
}

/** Of these symbols those whose security on the date a provider was asked about since the instant. */
export async function describedSince(db: Queryable, symbols: readonly string[], date: IsoDate, since: Date): Promise<Set<string>> {
  const { rows } = await db.query<{ symbol: string }>(`
    select s.symbol from ticker_symbols s join tickers t using (symbol_id)
    where s.symbol = any($1::text[]) and s.valid @> $2::date and t.last_updated >= $3`, [symbols, date, since])
  return new Set(rows.map(({ symbol }) => symbol))
}
