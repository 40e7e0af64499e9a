import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** The dates of a security's first and last bar, and how many it has; undefined when it has none. */
export async function barSpan(db: Queryable, dataset: Dataset, symbolId: number): Promise<(DateRange & { bars: number }) | undefined> {
  const { dateOf } = dataset.times
  const { rows } = await db.query<{ start: IsoDate | null; end: IsoDate | null; bars: number }>(
    `
    select ${dateOf('min(time)')} as start, ${dateOf('max(time)')} as end, count(*) as bars from ${dataset.table} where symbol_id = $1`, [symbolId])
  const { start = null, end = null, bars = 0 } = rows[0] ?? {}
  return start === null || end === null ? undefined : { start, end, bars }
}

/** The loaded dates of a range on which the security has no bar, in order. */
export async function datesWithoutBar(db: Queryable, dataset: Dataset, symbolId: number, { start, end }: DateRange): Promise<IsoDate[]> {
  const { dateOf, within } = dataset.times
  const { rows } = await db.query<{ date: IsoDate }>(`
    with traded as materialized (
      select distinct ${dateOf('time')} as date from ${dataset.table} where symbol_id = $2 and ${within('time', '$3::date', '$4::date')}
    )
    select d.date from days d
    where d.dataset = $1 and d.date between $3 and $4 and not exists (select 1 from traded where traded.date = d.date)
    order by d.date`, [dataset.name, symbolId, start, end])
  return rows.map(({ date }) => date)
}
