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

/** From this change on the symbol names `newId` on these dates, where it named `oldId` before; null is no security. */
export interface Piece {
  symbol: string
  from: IsoDate | null
  to: IsoDate | null
  oldId: number | null
  newId: number | null
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

/** Marks the loaded dates with rows of symbols that name a security only since these pieces: the next load reads them again. Returns how many. */
export async function markStaleDates(db: Queryable, pieces: readonly Piece[]): Promise<number> {
  const named = pieces.filter((piece) => piece.newId !== null)
  const { rows } = await db.query<{ dates: number }>(`
    with unnamed as materialized (
      select dataset, date, symbol from unknown_symbols where symbol = any($1::text[])
    ), known as (
      select distinct u.dataset, u.date
      from unnamed u
      join unnest($1::text[], $2::date[], $3::date[]) p (symbol, valid_from, valid_to) on p.symbol = u.symbol and u.date <@ daterange(p.valid_from, p.valid_to)
    ), marked as (
      update days d set stale = true
      from known k
      where d.dataset = k.dataset and d.date = k.date
      returning 1
    )
    select count(*) as dates from marked`,
  [named.map((p) => p.symbol), named.map((p) => p.from), named.map((p) => p.to)])
  return rows[0]?.dates ?? 0
}
