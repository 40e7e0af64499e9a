import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** One row of `universe_changes`. */
export interface RecordedChange {
  seq: number
  symbol: string
  from: IsoDate | null
  /** The last date, inclusive. */
  to: IsoDate | null
  oldSymbolId: number | null
  newSymbolId: number | null
  cause: string
  changedAt: Date
}

/** The changes that touch a symbol or one of these securities, in the order in which they were made. */
export async function changesAround(db: Queryable, symbol: string, symbolIds: readonly number[]): Promise<RecordedChange[]> {
  const { rows } = await db.query<RecordedChange>(`
    select seq, symbol, lower(dates) as "from", upper(dates) - 1 as "to",
           old_symbol_id as "oldSymbolId", new_symbol_id as "newSymbolId", cause, changed_at as "changedAt"
    from universe_changes
    where symbol = $1 or old_symbol_id = any($2::integer[]) or new_symbol_id = any($2::integer[])
    order by seq`, [symbol, symbolIds])
  return rows
}
