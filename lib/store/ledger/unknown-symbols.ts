import type pg from 'pg'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Replaces the unknown symbols of a date. */
export async function replaceUnknownSymbols(client: pg.ClientBase, dataset: string, date: IsoDate, symbols: Iterable<string>): Promise<void> {
  await client.query(
    `with found as (
       select symbol from unnest($3::text[]) as u (symbol)
     ), gone as (
       delete from unknown_symbols u
        where dataset = $1::text and date = $2::date and not exists (select from found where found.symbol = u.symbol)
     )
     insert into unknown_symbols (dataset, date, symbol)
     select $1::text, $2::date, symbol from found
     on conflict do nothing`,
    [dataset, date, [...symbols]],
  )
}

/** A symbol of a date's file that named no security when it was loaded. */
export interface UnknownSymbol {
  symbol: string
  /** Whether it names one on that date by now. */
  knownNow: boolean
}

/** The symbols of a date's file that named no security when it was loaded. */
export async function unknownSymbols(db: Queryable, dataset: string, date: IsoDate): Promise<UnknownSymbol[]> {
  const { rows } = await db.query<UnknownSymbol>(`
    select u.symbol, exists (select from ticker_symbols s where s.symbol = u.symbol and s.valid @> u.date) as "knownNow"
    from unknown_symbols u
    where u.dataset = $1 and u.date = $2
    order by u.symbol`, [dataset, date])
  return rows
}
