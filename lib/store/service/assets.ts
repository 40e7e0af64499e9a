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

/** Which securities. */
export interface AssetSearch {
  /** The beginning of a symbol or a part of a name, in any case; null: any. */
  q: string | null
  type: string | null
  /** Only those after this one, by symbol and then by number; null: from the first. */
  after: { symbol: string; symbolId: number } | null
  limit: number
}

/** A security as it is found. */
export interface FoundAsset {
  symbol: string
  symbolId: number
  name: string | null
  type: string | null
  exchange: string | null
  active: boolean
}

/** The securities of the universe that are asked for, by their latest symbols. */
export async function searchAssets(db: Queryable, { q, type, after, limit }: AssetSearch): Promise<FoundAsset[]> {
  const { rows } = await db.query<FoundAsset>(`
    select symbol, symbol_id as "symbolId", name, type, exchange, active
    from tickers
    where ($1::text is null or starts_with(lower(symbol), lower($1)) or strpos(lower(name), lower($1)) > 0) and ($2::text is null or lower(type) = lower($2))
      and ($3::text is null or (symbol, symbol_id) > ($3::text collate "C", $4::integer))
    order by symbol, symbol_id
    limit $5`, [q, type, after?.symbol ?? null, after?.symbolId ?? null, limit])
  return rows
}
