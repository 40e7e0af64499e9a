import type { Timespan } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { StoredBar } from './of-security.js'

/** A stored bar of any length. */
export interface PagedBar extends StoredBar {
  /** When it begins: a date, or an instant. */
  time: IsoDate | Date
  /** The request that a fill, or a bar of a length that files do not have, came by. */
  fetchId: number | null
  /** Whether it was not over when it was asked for. */
  partial: boolean
}

/** Which bars, in which order: null means without bound. */
export interface BarPage {
  start: IsoDate | null
  end: IsoDate | null
  order: 'asc' | 'desc'
  /** The time of the bar that they come after. */
  after: string | null
}

/** A page of a security's bars. */
export async function barPage(db: Queryable, { table, times, fills, ofDates }: Timespan, symbolId: number, { start, end, order, after }: BarPage, limit: number): Promise<PagedBar[]> {
  const [load, filledBy, partial] = fills ? ['case when filled_by is null then load_id end', 'filled_by', 'false'] : ['null::bigint', 'null::text', 'partial']
  const type = ofDates ? 'date' : 'timestamptz'
  const { rows } = await db.query<PagedBar>(`
    select time, ${times.dateOf('time')} as date, trim_scale(open) as open, trim_scale(high) as high, trim_scale(low) as low, trim_scale(close) as close,
           trim_scale(volume) as volume, transactions, ${load} as "loadId", ${filledBy} as "filledBy", fetch_id as "fetchId", ${partial} as partial
    from ${table}
    where symbol_id = $1 and ($2::date is null or time >= ${times.startOf('$2::date')}) and ($3::date is null or time < ${times.startOf('($3::date + 1)')})
      and ($4::${type} is null or time ${order === 'asc' ? '>' : '<'} $4)
    order by time ${order}
    limit $5`, [symbolId, start, end, after, limit])
  return rows
}
