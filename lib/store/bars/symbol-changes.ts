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
  // Two hashes of symbols, and what was traded added up of those alone that are told: they are few among thousands.
  const onlyOn = (date: string, day: number, other: string): string => `
    select b.symbol_id, ${day} as day, sum(b.close * b.volume) as traded
    from ${table} b
    where ${times.within('b.time', date, date)} and not exists (select from ${table} o where o.symbol_id = b.symbol_id and ${times.within('o.time', other, other)})
    group by b.symbol_id`
  const { rows } = await db.query<{ missing: boolean; symbol: string }>(`
    select c.day = 1 as missing, coalesce(s.symbol, '#' || c.symbol_id) as symbol
    from (${onlyOn('$1::date', 1, '$2::date')} union all ${onlyOn('$2::date', 2, '$1::date')}) c
    left join ticker_symbols s on s.symbol_id = c.symbol_id and s.valid @> case c.day when 1 then $1::date else $2::date end
    order by c.traded desc, symbol`, [earlier, later])
  return { missing: rows.filter((row) => row.missing).map(({ symbol }) => symbol), added: rows.filter((row) => !row.missing).map(({ symbol }) => symbol) }
}
