import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { SecuritySet } from '../../domain/security-set.js'
import type { Queryable } from '../../postgres/database.js'
import { coverageOn } from '../ledger/coverage.js'

/** Symbols that have a bar of a file on one of two dates only. */
export interface SymbolChanges {
  /** On the earlier date only, the most traded (close times volume) first. */
  missing: string[]
  /** On the later date only, likewise. */
  added: string[]
}

/** What securities were called on a date on which they have bars, the most traded first. */
async function calledThen(db: Queryable, { table, times }: Dataset, date: IsoDate, symbolIds: readonly number[]): Promise<string[]> {
  if (symbolIds.length === 0) return []
  const { rows } = await db.query<{ symbol: string }>(`
    select coalesce(s.symbol, '#' || id) as symbol
    from unnest($2::integer[]) id
    cross join lateral (select sum(b.close * b.volume) as traded from ${table} b where b.symbol_id = id and ${times.on('b.time', '$1::date')}) bars
    left join ticker_symbols s on s.symbol_id = id and s.valid @> $1::date
    order by traded desc nulls last, symbol`, [date, symbolIds])
  return rows.map(({ symbol }) => symbol)
}

/** Which symbols stopped or began to have bars between two dates; each by what it was called then. */
export async function symbolChanges(db: Queryable, dataset: Dataset, earlier: IsoDate, later: IsoDate): Promise<SymbolChanges> {
  const covered = await coverageOn(db, dataset, [earlier, later])
  const [before, after] = [earlier, later].map((date) => covered.get(date) ?? new SecuritySet()) as [SecuritySet, SecuritySet]
  const [missing, added] = await Promise.all([
    calledThen(db, dataset, earlier, [...before].filter((id) => !after.has(id))), calledThen(db, dataset, later, [...after].filter((id) => !before.has(id))),
  ])
  return { missing, added }
}
