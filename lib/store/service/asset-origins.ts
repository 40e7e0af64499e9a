import type { Timespan, TimespanName } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import { rowsOfPlanned, type Queryable } from '../../postgres/database.js'

/** Bars of a security that a provider gave. */
export interface GivenBars {
  interval: TimespanName
  provider: string
  bars: number
  /** The dates of the first and the last of them. */
  first: IsoDate
  last: IsoDate
}

/** The fills of a security in the tables that files write to as well, by length and provider. */
export async function fillsOf(db: Queryable, timespans: readonly Timespan[], symbolId: number): Promise<GivenBars[]> {
  const ofTable = ({ name, table, times }: Timespan): string => `
    select '${name}' as interval, filled_by as provider, count(*) as bars, ${times.dateOf('min(time)')} as first, ${times.dateOf('max(time)')} as last
    from ${table} where symbol_id = $1 and filled_by is not null group by filled_by`
  return rowsOfPlanned<GivenBars>(db, `fills of a security ${timespans.map(({ name }) => name).join(' ')}`, `${timespans.map(ofTable).join(' union all ')} order by interval, provider`, [symbolId])
}

/** What each provider gave of a security's days, weeks and months, whether or not it stands. */
export async function givenBeside(db: Queryable, symbolId: number): Promise<GivenBars[]> {
  const { rows } = await db.query<GivenBars>(`
    select timespan as interval, provider, count(distinct time) as bars, min(time) as first, max(time) as last
    from provider_bars where symbol_id = $1
    group by timespan, provider
    order by timespan, provider`, [symbolId])
  return rows
}
