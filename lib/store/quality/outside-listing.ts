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
    with spans as materialized (
      select symbol_id, min(time) as first, max(time) as last from ohlcv_daily where time between $1::date and $2::date group by symbol_id
    ), listed as materialized (
      select symbol_id, range_agg(valid) as dates from ticker_symbols group by symbol_id
    ), suspects as materialized (
      -- Of all others every bar is inside: a bar need not be looked at.
      select s.symbol_id, l.dates from spans s left join listed l using (symbol_id) where l.dates @> daterange(s.first, s.last, '[]') is not true
    ), bars as materialized (
      select symbol_id, time from ohlcv_daily where symbol_id = any (array(select symbol_id from suspects)) and time between $1::date and $2::date
    )
    select b.symbol_id as "symbolId", min(b.time) as start, max(b.time) as end, count(*) as bars, s.dates::text as listed, string_agg(to_char(b.time, 'YYYY-MM-DD'), ' ' order by b.time) as seen
    from bars b join suspects s using (symbol_id)
    where s.dates @> b.time is not true
    group by b.symbol_id, date_trunc('month', b.time), s.dates
    order by 2, 1`, [start, end])
  return rows
}
