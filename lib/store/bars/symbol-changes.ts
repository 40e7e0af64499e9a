import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Symbols that have a bar on one of two dates only. */
export interface SymbolChanges {
  /** On the earlier date only, the most traded (close times volume) first. */
  missing: string[]
  /** On the later date only, likewise. */
  added: string[]
}

/** Which symbols stopped or began to have bars between two dates; each by what it was called then. */
export async function symbolChanges(db: Queryable, dataset: Dataset, earlier: IsoDate, later: IsoDate): Promise<SymbolChanges> {
  const tradedOn = (date: string): string =>
    `select symbol_id, sum(close * volume) as traded from ${dataset.table} where ${dataset.times.within('time', date, date)} group by symbol_id`
  const { rows } = await db.query<{ missing: boolean; symbol: string }>(`
    with before as materialized (
      ${tradedOn('$1::date')}
    ), now as materialized (
      ${tradedOn('$2::date')}
    )
    select now.symbol_id is null as missing, coalesce(s.symbol, '#' || coalesce(now.symbol_id, before.symbol_id)) as symbol
    from before
    full join now using (symbol_id)
    left join ticker_symbols s on s.symbol_id = coalesce(now.symbol_id, before.symbol_id)
      and s.valid @> case when now.symbol_id is null then $1::date else $2::date end
    where now.symbol_id is null or before.symbol_id is null
    order by coalesce(now.traded, before.traded) desc, symbol`, [earlier, later])
  return { missing: rows.filter((row) => row.missing).map(({ symbol }) => symbol), added: rows.filter((row) => !row.missing).map(({ symbol }) => symbol) }
}
