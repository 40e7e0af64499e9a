import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A daily bar that only a provider has, of a date that is loaded. */
export interface BarElsewhere {
  symbolId: number
  date: IsoDate
  provider: string
  close: string
  volume: string
}

/** Final daily bars of providers on loaded dates on which the security has no bar. */
export async function barsElsewhere(db: Queryable, { start, end }: DateRange): Promise<BarElsewhere[]> {
  const { rows } = await db.query<BarElsewhere>(`
    with given as materialized (
      select distinct on (symbol_id, time, provider) symbol_id, time::date as date, provider, close, volume
      from provider_bars
      where timespan = 'day' and not partial and time between $1::date and $2::date
      order by symbol_id, time, provider, basis
    )
    select g.symbol_id as "symbolId", g.date, g.provider, trim_scale(g.close) as close, trim_scale(g.volume) as volume
    from given g
    where exists (select from days d where d.dataset = 'day_aggs' and d.date = g.date)
      and not exists (select from ohlcv_daily b where b.symbol_id = g.symbol_id and b.time = g.date)
    order by g.date, g.symbol_id, g.provider`, [start, end])
  return rows
}
