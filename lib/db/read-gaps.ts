import type { DateRange, IsoDate } from '../domain/dates.js'
import type { Queryable } from './database.js'

/** The dates of a security's first and last daily bar, and how many it has; undefined when it has none. */
export async function barSpan(db: Queryable, symbolId: number): Promise<(DateRange & { bars: number }) | undefined> {
  const { rows } = await db.query<{ start: IsoDate | null; end: IsoDate | null; bars: number }>(
    'select min(time) as start, max(time) as end, count(*) as bars from ohlcv_daily where symbol_id = $1', [symbolId])
  const { start = null, end = null, bars = 0 } = rows[0] ?? {}
  return start === null || end === null ? undefined : { start, end, bars }
}

/** The loaded dates of a range on which the security has no bar, in order. */
export async function datesWithoutBar(db: Queryable, dataset: string, symbolId: number, { start, end }: DateRange): Promise<IsoDate[]> {
  const { rows } = await db.query<{ date: IsoDate }>(`
    select d.date from days d
    where d.dataset = $1 and d.date between $3 and $4
      and not exists (select from ohlcv_daily o where o.symbol_id = $2 and o.time = d.date and o.time between $3 and $4)
    order by d.date`, [dataset, symbolId, start, end])
  return rows.map(({ date }) => date)
}
