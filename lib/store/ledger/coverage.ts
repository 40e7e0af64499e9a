import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { SecuritySet } from '../../domain/security-set.js'
import type { Queryable } from '../../postgres/database.js'

// Which securities have bars of files on which dates: kept with the bars, so that nobody has to look for them there.

/** Says which securities have bars of a date's file, in the transaction that stores these. */
export async function setCoverage(client: pg.ClientBase, { name }: Dataset, date: IsoDate, securities: SecuritySet): Promise<void> {
  await client.query(`
    insert into coverage (dataset, date, securities) values ($1, $2, $3)
    on conflict (dataset, date) do update set securities = excluded.securities`, [name, date, securities.toBytes()])
}

/** The securities that have bars of files on dates, a set each in their order. */
export async function coverageOn(db: Queryable, { name }: Dataset, dates: readonly IsoDate[]): Promise<SecuritySet[]> {
  const { rows } = await db.query<{ date: IsoDate; securities: Buffer }>('select date, securities from coverage where dataset = $1 and date = any ($2::date[])', [name, dates])
  const found = new Map(rows.map(({ date, securities }) => [date, securities]))
  return dates.map((date) => new SecuritySet(found.get(date)))
}

/** The dates on which securities have bars of files, in order. One without any is left out. */
export async function coveredDates(db: Queryable, { name }: Dataset, symbolIds: readonly number[]): Promise<Map<number, IsoDate[]>> {
  // A row a security: thousands of dates take several times as long to read one by one. And a look at all dates for each: as a join they would be put aside first.
  const { rows } = await db.query<{ symbolId: number; dates: string | null }>(`
    select id as "symbolId", (
      select string_agg(date::text, ' ' order by date) from coverage
      where dataset = $1 and case when id < 8 * length(securities) then get_bit(securities, id) = 1 end
    ) as dates
    from unnest($2::integer[]) id`, [name, symbolIds])
  return new Map(rows.flatMap(({ symbolId, dates }) => (dates === null ? [] : [[symbolId, dates.split(' ') as IsoDate[]]])))
}
