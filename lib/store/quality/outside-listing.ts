import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A security's daily bars of a month on whose dates it has no symbol. */
export interface OutsideListing {
  symbolId: number
  start: IsoDate
  end: IsoDate
  bars: number
  /** The dates on which it has one; null where there are none. */
  listed: string | null
  /** Their dates. */
  seen: string
}

/** The daily bars of these dates that are of a security outside the dates on which a symbol names it, by security and month. */
export async function outsideListing(db: Queryable, { start, end }: DateRange): Promise<OutsideListing[]> {
  const { rows } = await db.query<OutsideListing>(`
    with bars as materialized (
      select symbol_id, time from ohlcv_daily where time between $1::date and $2::date
    ), listed as materialized (
      select symbol_id, range_agg(valid) as dates from ticker_symbols group by symbol_id
    )
    select b.symbol_id as "symbolId", min(b.time) as start, max(b.time) as end, count(*) as bars, l.dates::text as listed, string_agg(b.time::text, ' ' order by b.time) as seen
    from bars b left join listed l using (symbol_id)
    where l.dates @> b.time is not true
    group by b.symbol_id, date_trunc('month', b.time), l.dates
    order by 2, 1`, [start, end])
  return rows
}
