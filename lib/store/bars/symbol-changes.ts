import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { coverageOn } from '../ledger/coverage.js'

/** Symbols that have a bar of a file on one of two dates only. */
export interface SymbolChanges {
  /** On the earlier date only, the most traded (close times volume) first. */
  missing: string[]
  /** On the later date only, likewise. */
  added: string[]
}

/** Which symbols stopped or began to have bars between two dates; each by what it was called then. */
export async function symbolChanges(db: Queryable, dataset: Dataset, earlier: IsoDate, later: IsoDate): Promise<SymbolChanges> {
  const { table, times } = dataset
  const [before, after] = await coverageOn(db, dataset, [earlier, later])
  const [missing, added] = [[...before!].filter((id) => !after!.has(id)), [...after!].filter((id) => !before!.has(id))]
  if (missing.length + added.length === 0) return { missing: [], added: [] }
  // Not a look for each security: some hundred of them are spread over as many pages, and all bars of a date lie together.
  const traded = (isAdded: boolean, date: string, ids: string): string => `
    select b.symbol_id, ${isAdded} as is_added, ${date} as date, sum(b.close * b.volume) as traded
    from ${table} b
    where ${times.on('b.time', date)} and b.symbol_id = any (${ids}::integer[])
    group by b.symbol_id`
  const { rows } = await db.query<{ isAdded: boolean; symbol: string }>(`
    select c.is_added as "isAdded", coalesce(s.symbol, '#' || c.symbol_id) as symbol
    from (${traded(false, '$1::date', '$2')} union all ${traded(true, '$3::date', '$4')}) c
    left join ticker_symbols s on s.symbol_id = c.symbol_id and s.valid @> c.date
    order by c.traded desc, symbol`, [earlier, missing, later, added])
  return { missing: rows.flatMap(({ isAdded, symbol }) => (isAdded ? [] : symbol)), added: rows.flatMap(({ isAdded, symbol }) => (isAdded ? symbol : [])) }
}
