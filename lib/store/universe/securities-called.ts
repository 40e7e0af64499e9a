import type { DateRange } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { unknownSymbols } from './unknown-symbols.js'

/** The securities that symbols name on a date of the range; null: on whatever date. @throws UsageError SYMBOL_UNKNOWN where one of them names none then */
export async function securitiesCalled(db: Queryable, symbols: readonly string[], range: DateRange | null): Promise<number[]> {
  const { rows } = await db.query<{ symbol: string; symbolId: number }>(`
    select distinct symbol, symbol_id as "symbolId" from ticker_symbols
    where symbol = any($1::text[]) and ($2::date is null or valid && daterange($2, $3, '[]'))
    order by 1, 2`, [symbols, range?.start, range?.end])
  const missing = symbols.filter((symbol) => !rows.some((found) => found.symbol === symbol))
  if (missing.length > 0) throw await unknownSymbols(db, missing)
  return [...new Set(rows.map(({ symbolId }) => symbolId))]
}
