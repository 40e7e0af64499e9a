import type { IsoDate } from '../../domain/dates.js'
import { Universe } from '../../domain/universe.js'
import type { Queryable } from '../../postgres/database.js'

/** Reads the whole universe, with the last identity change, in one snapshot. */
export async function loadUniverse(db: Queryable): Promise<Universe> {
  const { rows } = await db.query<{ seq: number; symbol: string | null; symbol_id: number; valid_from: IsoDate | null; valid_to: IsoDate | null }>(`
    select latest.seq, s.symbol, s.symbol_id, lower(s.valid) as valid_from, upper(s.valid) as valid_to
    from (select coalesce(max(seq), 0) as seq from universe_changes) latest
    left join ticker_symbols s on true`)
  const named = rows.flatMap(({ symbol, symbol_id, valid_from, valid_to }) =>
    symbol === null ? [] : [{ symbol, symbolId: symbol_id, from: valid_from, to: valid_to }])
  return new Universe(named, rows[0]?.seq ?? 0)
}

/** Whether any symbol names a security. */
export async function hasUniverse(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ there: boolean }>('select exists (select 1 from ticker_symbols) as there')
  return rows[0]!.there
}
