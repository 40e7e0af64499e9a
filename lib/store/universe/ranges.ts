import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** On these dates, from (inclusive) to (exclusive), null meaning without bound, the symbol names the security. */
export interface SymbolRange {
  symbolId: number
  symbol: string
  from: IsoDate | null
  to: IsoDate | null
  /** Whether the dates are a guess that dated evidence may split. */
  assumed: boolean
}

interface RangeRow {
  symbol_id: number
  symbol: string
  valid_from: IsoDate | null
  valid_to: IsoDate | null
  assumed: boolean
}

const fromRow = (row: RangeRow): SymbolRange =>
  ({ symbolId: row.symbol_id, symbol: row.symbol, from: row.valid_from, to: row.valid_to, assumed: row.assumed })

/** Every range of every security that one of the symbols names on some date. */
export async function rangesAround(db: Queryable, symbols: readonly string[]): Promise<SymbolRange[]> {
  const { rows } = await db.query<RangeRow>(`
    select symbol_id, symbol, lower(valid) as valid_from, upper(valid) as valid_to, assumed
    from ticker_symbols
    where symbol_id in (select symbol_id from ticker_symbols where symbol = any($1::text[]))
    order by symbol, valid`, [symbols])
  return rows.map(fromRow)
}

/** Every range of these symbols. */
export async function rangesOfSymbols(db: Queryable, symbols: readonly string[]): Promise<SymbolRange[]> {
  const { rows } = await db.query<RangeRow>(`
    select symbol_id, symbol, lower(valid) as valid_from, upper(valid) as valid_to, assumed
    from ticker_symbols
    where symbol = any($1::text[])
    order by symbol, valid`, [symbols])
  return rows.map(fromRow)
}

/** Every range there is. */
export async function readRanges(db: Queryable): Promise<SymbolRange[]> {
  const { rows } = await db.query<RangeRow>('select symbol_id, symbol, lower(valid) as valid_from, upper(valid) as valid_to, assumed from ticker_symbols')
  return rows.map(fromRow)
}

/** Takes these ranges away, each as it is stored. */
export async function deleteRanges(db: Queryable, ranges: readonly SymbolRange[]): Promise<void> {
  await db.query(`
    delete from ticker_symbols s
    using unnest($1::integer[], $2::text[], $3::date[], $4::date[]) gone (symbol_id, symbol, valid_from, valid_to)
    where s.symbol_id = gone.symbol_id and s.symbol = gone.symbol and s.valid = daterange(gone.valid_from, gone.valid_to)`,
  [ranges.map((r) => r.symbolId), ranges.map((r) => r.symbol), ranges.map((r) => r.from), ranges.map((r) => r.to)])
}

export async function insertRanges(db: Queryable, ranges: readonly SymbolRange[]): Promise<void> {
  await db.query(`
    insert into ticker_symbols (symbol_id, symbol, valid, assumed)
    select symbol_id, symbol, daterange(valid_from, valid_to), assumed
    from unnest($1::integer[], $2::text[], $3::date[], $4::date[], $5::boolean[]) r (symbol_id, symbol, valid_from, valid_to, assumed)`,
  [ranges.map((r) => r.symbolId), ranges.map((r) => r.symbol), ranges.map((r) => r.from), ranges.map((r) => r.to), ranges.map((r) => r.assumed)])
}
