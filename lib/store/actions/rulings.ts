import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Decides whether the split of a security on a date applies; undefined where no source tells of one. Returns what the security was called then. */
export async function ruleSplit(db: Queryable, symbolId: number, exDate: IsoDate, applies: boolean): Promise<string | undefined> {
  const { rows } = await db.query<{ symbol: string }>(`
    insert into split_rulings (symbol_id, ex_date, applies, symbol)
    select symbol_id, ex_date, $3, min(symbol) from splits where symbol_id = $1 and ex_date = $2 group by symbol_id, ex_date
    on conflict (symbol_id, ex_date) do update set applies = excluded.applies, symbol = excluded.symbol, ruled_at = clock_timestamp()
    returning symbol`, [symbolId, exDate, applies])
  return rows[0]?.symbol
}
