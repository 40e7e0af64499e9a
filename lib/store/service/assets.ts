import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A security as it is asked for by one of its symbols. */
export interface Asset {
  /** The symbol it was asked for by. */
  asset: string
  symbolId: number
  name: string | null
  type: string | null
  exchange: string | null
  active: boolean
  /** The symbols it has had, the oldest first; both dates inclusive, null meaning without bound. */
  names: { symbol: string; from: IsoDate | null; to: IsoDate | null }[]
}

/** The securities that symbols name now, or named last; a symbol that never named one is left out. */
export async function assetsCalled(db: Queryable, symbols: readonly string[]): Promise<Asset[]> {
  const { rows } = await db.query<Asset>(`
    select distinct on (s.symbol) s.symbol as asset, t.symbol_id as "symbolId", t.name, t.type, t.exchange, t.active,
           (select jsonb_agg(jsonb_build_object('symbol', n.symbol, 'from', nullif(lower(n.valid), '-infinity'), 'to', nullif(upper(n.valid), 'infinity') - 1) order by n.valid)
            from ticker_symbols n where n.symbol_id = t.symbol_id) as names
    from ticker_symbols s join tickers t using (symbol_id)
    where s.symbol = any ($1::text[])
    order by s.symbol, coalesce(upper(s.valid), 'infinity') desc`, [symbols])
  return rows
}
