import type { TimespanName } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Bars of a security that a provider gave. */
export interface GivenBars {
  interval: TimespanName
  provider: string
  bars: number
  /** The dates of the first and the last of them. */
  first: IsoDate
  last: IsoDate
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
