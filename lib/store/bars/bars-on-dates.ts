import type { BarTimes } from '../../datasets/times.js'
import type { IsoDate } from '../../domain/dates.js'
import { rowsOfPlanned, type Queryable } from '../../postgres/database.js'

/** Those of the dates on which the securities have any bar in a table, whoever gave it. */
export async function barsOnDates(db: Queryable, { table, times }: { table: string; times: BarTimes }, symbolIds: readonly number[], dates: readonly IsoDate[]): Promise<{ symbolId: number; date: IsoDate }[]> {
  return rowsOfPlanned(db, `dates with bars of ${table}`, `
    select s.symbol_id as "symbolId", d.date
    from unnest($1::integer[]) s (symbol_id) cross join unnest($2::date[]) d (date)
    where exists (select from ${table} b where b.symbol_id = s.symbol_id and ${times.on('b.time', 'd.date')})`, [symbolIds, dates])
}
