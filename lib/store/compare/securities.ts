import type { Timespan, TimespanName } from '../../datasets/timespan.js'
import type { Basis } from '../../domain/basis.js'
import type { DateRange } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** The securities that one of the symbols names on a date of the range. */
export async function securitiesOf(db: Queryable, symbols: readonly string[], { start, end }: DateRange): Promise<{ symbol: string; symbolId: number }[]> {
  const { rows } = await db.query<{ symbol: string; symbolId: number }>(`
    select distinct symbol, symbol_id as "symbolId" from ticker_symbols where symbol = any($1::text[]) and valid && daterange($2, $3, '[]') order by 1, 2`, [symbols, start, end])
  return rows
}

const ids = (rows: readonly { symbol_id: number }[]): number[] => rows.map(({ symbol_id: id }) => id)

/** The securities of which a provider has given bars of a timespan in the range. */
export async function givenBy(db: Queryable, { name, basis }: { name: string; basis: Basis }, timespan: TimespanName, { start, end }: DateRange): Promise<number[]> {
  const { rows } = await db.query<{ symbol_id: number }>(`
    select distinct symbol_id from provider_bars where timespan = $5 and provider = $1 and basis = $2 and time between $3 and $4 order by 1`, [name, basis, start, end, timespan])
  return ids(rows)
}

/** The securities that have bars in a timespan's own table in the range. */
export async function fetchedIn(db: Queryable, { table, times }: Timespan, { start, end }: DateRange): Promise<number[]> {
  const { rows } = await db.query<{ symbol_id: number }>(`select distinct symbol_id from ${table} where ${times.within('time', '$1::date', '$2::date')} order by 1`, [start, end])
  return ids(rows)
}
