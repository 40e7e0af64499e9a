import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** From this change on the symbol names `newId` on these dates, where it named `oldId` before; null is no security. */
export interface Piece {
  symbol: string
  from: IsoDate | null
  to: IsoDate | null
  oldId: number | null
  newId: number | null
}

/** Appends what changed to `universe_changes`. */
export async function insertChanges(db: Queryable, pieces: readonly Piece[], cause: string): Promise<void> {
  await db.query(`
    insert into universe_changes (symbol, dates, old_symbol_id, new_symbol_id, cause)
    select symbol, daterange(valid_from, valid_to), old_symbol_id, new_symbol_id, $6
    from unnest($1::text[], $2::date[], $3::date[], $4::integer[], $5::integer[]) with ordinality
      p (symbol, valid_from, valid_to, old_symbol_id, new_symbol_id, place)
    order by place`,
  [pieces.map((p) => p.symbol), pieces.map((p) => p.from), pieces.map((p) => p.to), pieces.map((p) => p.oldId), pieces.map((p) => p.newId), cause])
}

/** The last identity change made. Asked in a statement of its own after the date's lock is had: its snapshot must be taken then. */
export async function lastIdentityChange(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from universe_changes')
  return rows[0]!.seq
}

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
