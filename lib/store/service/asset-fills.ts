import type { Timespan } from '../../datasets/timespan.js'
import { dateInText } from '../../datasets/times.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Fills of a security on a date, by who gave them. */
export interface DateFills {
  symbolId: number
  date: IsoDate
  provider: string
  bars: number
}

/** The fills of securities, by their dates: looked for only among the dates that requests were about which may have given some. */
export async function fillsByDate(db: Queryable, { name, table, times }: Timespan, symbolIds: readonly number[]): Promise<DateFills[]> {
  // Symbols as an array: of a subquery beside another condition the server would look at every request there ever was.
  const { rows: [asked] } = await db.query<{ start: IsoDate; end: IsoDate }>(`
    select min(start_date) as start, max(end_date) as end
    from fetches
    where timespan = $1 and (symbol is null or symbol = any (array(select symbol from ticker_symbols where symbol_id = any ($2::integer[]))))
    having count(*) > 0`, [name, symbolIds])
  if (asked === undefined) return []
  const { rows } = await db.query<DateFills>(`
    select symbol_id as "symbolId", ${times.dateOf('time')} as date, filled_by as provider, count(*) as bars
    from ${table}
    where filled_by is not null and symbol_id = any ($1::integer[]) and ${times.within('time', dateInText(asked.start), dateInText(asked.end))}
    group by 1, 2, 3`, [symbolIds])
  return rows
}
