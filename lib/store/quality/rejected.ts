import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import type { RejectReason } from '../../domain/reject.js'
import type { Queryable } from '../../postgres/database.js'

/** A row of a file of daily bars that was kept out of the table, whose symbol is known. */
export interface RejectedBar {
  date: IsoDate
  symbol: string
  reason: RejectReason
}

/** The rejected rows of dates that have symbols, in order. */
export async function rejectedBars(db: Queryable, dates: readonly IsoDate[]): Promise<RejectedBar[]> {
  const { rows } = await db.query<RejectedBar>(
    `select date, symbol, reason from rejected_rows where dataset = $1 and date = any($2::date[]) and symbol is not null order by date, line`, [DAY_AGGS.name, dates])
  return rows
}
