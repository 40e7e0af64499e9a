import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** How a date stands. */
export interface Standing {
  date: IsoDate
  /** Whether it stands at a version of its file. */
  isLoaded: boolean
  /** Its daily bars, and those of them that providers filled in. */
  bars: number
  fills: number
}

/** How each of these dates stands, in order. */
export async function standingOf(db: Queryable, dataset: string, dates: readonly IsoDate[]): Promise<Standing[]> {
  const { rows } = await db.query<Standing>(`
    select wanted.date, exists (select from days d where d.dataset = $1 and d.date = wanted.date) as "isLoaded", stored.bars, stored.fills
    from unnest($2::date[]) as wanted (date)
    cross join lateral (select count(*) as bars, count(filled_by) as fills from ohlcv_daily where time = wanted.date) stored
    order by wanted.date`, [dataset, dates])
  return rows
}

/** What the active securities are called, on the last of these dates, that lack a daily bar on one of those on which they had a symbol; in order. */
export async function symbolsWithoutBars(db: Queryable, dates: readonly IsoDate[]): Promise<string[]> {
  const { rows } = await db.query<{ symbol: string }>(`
    select s.symbol
    from ticker_symbols s join tickers t using (symbol_id)
    where t.active and s.valid @> (select max(date) from unnest($1::date[]) as wanted (date))
      and exists (
        select from unnest($1::date[]) as wanted (date)
        where exists (select from ticker_symbols n where n.symbol_id = s.symbol_id and n.valid @> wanted.date)
          and not exists (select from ohlcv_daily b where b.symbol_id = s.symbol_id and b.time = wanted.date))
    order by s.symbol`, [dates])
  return rows.map(({ symbol }) => symbol)
}
