import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A security with its latest symbol and the dates of that. */
export interface ListedSecurity {
  symbolId: number
  symbol: string
  name: string | null
  type: string | null
  exchange: string | null
  active: boolean
  sector: string | null
  industry: string | null
  issuer: string | null
  underlyingIndex: string | null
  from: IsoDate | null
  /** The last date, inclusive. */
  to: IsoDate | null
  assumed: boolean
  /** How many symbols it has had. */
  symbols: number
}

export interface ListFilter {
  /** Only securities that still trade. */
  activeOnly: boolean
  type: string | null
  /** The beginning of a symbol or a part of a name, in any case. */
  search: string | null
}

/** The securities of the universe by symbol. */
export async function listSecurities(db: Queryable, { activeOnly, type, search }: ListFilter): Promise<ListedSecurity[]> {
  const { rows } = await db.query<ListedSecurity>(`
    select t.symbol_id as "symbolId", t.symbol, t.name, t.type, t.exchange, t.active, t.sector, t.industry, t.issuer, t.underlying_index as "underlyingIndex",
           lower(latest.valid) as "from", upper(latest.valid) - 1 as "to", latest.assumed, latest.symbols
    from tickers t
    join lateral (
      select s.valid, s.assumed, count(*) over () as symbols
      from ticker_symbols s
      where s.symbol_id = t.symbol_id
      order by s.valid desc
      limit 1
    ) latest on true
    where (t.active or not $1)
      and ($2::text is null or lower(t.type) = lower($2))
      and ($3::text is null or starts_with(lower(t.symbol), lower($3)) or strpos(lower(t.name), lower($3)) > 0)
    order by t.symbol, t.symbol_id`, [activeOnly, type, search])
  return rows
}

/** One range of a security, in the form in which it can be imported again. */
export interface ListedRange extends Omit<ListedSecurity, 'symbols'> {}

/** Every range of the securities, one security after the other, each in order of dates. */
export async function listRanges(db: Queryable, symbolIds: readonly number[]): Promise<ListedRange[]> {
  const { rows } = await db.query<ListedRange>(`
    select t.symbol_id as "symbolId", s.symbol, t.name, t.type, t.exchange, t.active, t.sector, t.industry, t.issuer, t.underlying_index as "underlyingIndex",
           lower(s.valid) as "from", upper(s.valid) - 1 as "to", s.assumed
    from unnest($1::integer[]) with ordinality wanted (symbol_id, place)
    join tickers t using (symbol_id)
    join ticker_symbols s using (symbol_id)
    order by place, s.valid`, [symbolIds])
  return rows
}

/** Every type there is, the most frequent first. */
export async function listTypes(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ type: string }>('select type from tickers where type is not null group by type order by count(*) desc, type')
  return rows.map(({ type }) => type)
}
