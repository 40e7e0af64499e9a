import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Active securities without a row in the file of a date. */
export interface Absence {
  /** Securities that are active and have a symbol on the date. */
  active: number
  /** Those of them without a row. */
  absent: number
  /** What some of these were called: first those most traded (close times volume) on an earlier date, then by symbol. */
  examples: string[]
}

/** Which active securities have no row on a date. */
export async function absenceOn(db: Queryable, dataset: Dataset, date: IsoDate, earlier: IsoDate | null, examples: number): Promise<Absence> {
  const { within } = dataset.times
  const { rows } = await db.query<Absence>(`
    with active as (
      select s.symbol_id, s.symbol from ticker_symbols s join tickers t using (symbol_id) where t.active and s.valid @> $1::date
    ), present as materialized (
      select distinct symbol_id from ${dataset.table} where ${within('time', '$1::date', '$1::date')} and filled_by is null
    ), before as materialized (
      select symbol_id, sum(close * volume) as traded from ${dataset.table} where ${within('time', '$2::date', '$2::date')} group by symbol_id
    ), absent as (
      select a.symbol, b.traded
      from active a left join before b using (symbol_id)
      where not exists (select 1 from present p where p.symbol_id = a.symbol_id)
    )
    select (select count(*) from active) as active, count(*) as absent,
           coalesce((array_agg(symbol order by traded desc nulls last, symbol))[1:$3], '{}') as examples
    from absent`, [date, earlier, examples])
  return rows[0] ?? { active: 0, absent: 0, examples: [] }
}
