import type { Timespan, TimespanName } from '../../datasets/timespan.js'
import type { Basis } from '../../domain/basis.js'
import type { DateRange } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

const ids = (rows: readonly { symbol_id: number }[]): number[] => rows.map(({ symbol_id: id }) => id)

/** The securities of which a provider has given bars of a timespan in the range. */
export async function givenBy(db: Queryable, { name, basis }: { name: string; basis: Basis }, timespan: TimespanName, { start, end }: DateRange): Promise<number[]> {
  const { rows } = await db.query<{ symbol_id: number }>(`
    select distinct symbol_id from provider_bars where timespan = $5 and provider = $1 and basis = $2 and time between $3 and $4 order by 1`, [name, basis, start, end, timespan])
  return ids(rows)
}

/** The securities that have bars in a timespan's own table in the range. */
export async function fetchedIn(db: Queryable, { table, times }: Timespan, { start, end }: DateRange): Promise<number[]> {
  const { rows } = await db.query<{ symbol_id: number }>(`
    select t.symbol_id from tickers t where exists (select from ${table} b where b.symbol_id = t.symbol_id and ${times.within('b.time', '$1::date', '$2::date')}) order by 1`, [start, end])
  return ids(rows)
}
