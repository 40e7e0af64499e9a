import type { Description } from '../../domain/description.js'
import type { Queryable } from '../../postgres/database.js'

const columnsOf = (rows: readonly Description[]) => [
  rows.map((r) => r.name), rows.map((r) => r.type), rows.map((r) => r.exchange),
  rows.map((r) => r.active), rows.map((r) => r.sector), rows.map((r) => r.industry), rows.map((r) => r.issuer), rows.map((r) => r.underlyingIndex),
]

/** Adds securities; their ids come back in the order of the rows (INSERT ... SELECT ... ORDER BY draws them in that order). */
export async function insertSecurities(db: Queryable, securities: readonly { symbol: string; description: Description }[]): Promise<number[]> {
  const { rows } = await db.query<{ symbol_id: number }>(`
    insert into tickers (symbol, name, type, exchange, active, sector, industry, issuer, underlying_index)
    select symbol, name, type, exchange, coalesce(active, true), sector, industry, issuer, underlying_index
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[]) with ordinality
      s (symbol, name, type, exchange, active, sector, industry, issuer, underlying_index, place)
    order by place
    returning symbol_id`,
  [securities.map((s) => s.symbol), ...columnsOf(securities.map((s) => s.description))])
  return rows.map((row) => row.symbol_id).sort((a, b) => a - b)
}

/** Updates what is known and differs; what is null in a row stays as it is. Returns the securities that changed. */
export async function updateDescriptions(db: Queryable, securities: readonly { symbolId: number; description: Description }[]): Promise<number[]> {
  const { rows } = await db.query<{ symbol_id: number }>(`
    update tickers t
    set name = d.name, type = d.type, exchange = d.exchange, active = d.active, sector = d.sector, industry = d.industry,
        issuer = d.issuer, underlying_index = d.underlying_index, updated_at = now()
    from (
      select k.symbol_id, coalesce(n.name, k.name) as name, coalesce(n.type, k.type) as type, coalesce(n.exchange, k.exchange) as exchange,
             coalesce(n.active, k.active) as active, coalesce(n.sector, k.sector) as sector, coalesce(n.industry, k.industry) as industry,
             coalesce(n.issuer, k.issuer) as issuer, coalesce(n.underlying_index, k.underlying_index) as underlying_index
      from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[])
        n (symbol_id, name, type, exchange, active, sector, industry, issuer, underlying_index)
      join tickers k using (symbol_id)
    ) d
    where t.symbol_id = d.symbol_id
      and (t.name, t.type, t.exchange, t.active, t.sector, t.industry, t.issuer, t.underlying_index)
          is distinct from (d.name, d.type, d.exchange, d.active, d.sector, d.industry, d.issuer, d.underlying_index)
    returning t.symbol_id`,
  [securities.map((s) => s.symbolId), ...columnsOf(securities.map((s) => s.description))])
  return rows.map((row) => row.symbol_id)
}

/** Keeps when a provider was asked about the security and knew it. */
export async function recordAsked(db: Queryable, symbolId: number, at: Date): Promise<void> {
  await db.query('update tickers set last_updated = greatest(last_updated, $2) where symbol_id = $1', [symbolId, at])
}

/** Makes `tickers.symbol` of these securities their latest symbol. */
export async function updateLatestSymbols(db: Queryable, symbolIds: readonly number[]): Promise<void> {
  await db.query(`
    update tickers t
    set symbol = latest.symbol, updated_at = now()
    from (
      select distinct on (symbol_id) symbol_id, symbol
      from ticker_symbols
      where symbol_id = any($1::integer[])
      order by symbol_id, valid desc
    ) latest
    where t.symbol_id = latest.symbol_id and t.symbol <> latest.symbol`, [symbolIds])
}

/** Takes away those of these securities that no symbol names on any date any more. */
export async function deleteNameless(db: Queryable, symbolIds: readonly number[]): Promise<void> {
  await db.query(`
    delete from tickers t
    where t.symbol_id = any($1::integer[])
      and not exists (select from ticker_symbols s where s.symbol_id = t.symbol_id)`, [symbolIds])
}

/** How many securities the universe has. */
export async function countSecurities(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*) from tickers')
  return rows[0]?.count ?? 0
}
