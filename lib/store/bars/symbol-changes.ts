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
  const { table, times } = dataset
  const tradedOn = (date: string, day: number): string => `
    select o.symbol_id, ${day} as day, sum(b.close * b.volume) as traded
    from on_one o join ${table} b on b.symbol_id = o.symbol_id
    where o.day = ${day} and ${times.within('b.time', date, date)}
    group by o.symbol_id`
  // One look at the bars of both dates; what was traded is added up of those alone that are told: they are few among thousands.
  const [onEarlier, onLater] = ['$1::date', '$2::date'].map((date) => times.within('time', date, date))
  const { rows } = await db.query<{ missing: boolean; symbol: string }>(`
    with on_one as materialized (
      select symbol_id, bit_or(case when ${onEarlier} then 1 else 2 end) as day
      from ${table}
      where ${onEarlier} or ${onLater}
      group by symbol_id having bit_or(case when ${onEarlier} then 1 else 2 end) < 3
    )
    select c.day = 1 as missing, coalesce(s.symbol, '#' || c.symbol_id) as symbol
    from (${tradedOn('$1::date', 1)} union all ${tradedOn('$2::date', 2)}) c
    left join ticker_symbols s on s.symbol_id = c.symbol_id and s.valid @> case c.day when 1 then $1::date else $2::date end
    order by c.traded desc, symbol`, [earlier, later])
  return { missing: rows.filter((row) => row.missing).map(({ symbol }) => symbol), added: rows.filter((row) => !row.missing).map(({ symbol }) => symbol) }
}
