import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A stored daily bar; prices and volume as exact decimal text. */
export interface StoredBar {
  date: IsoDate
  open: string
  high: string
  low: string
  close: string
  volume: string
  transactions: number | null
  /** The lineage row that wrote the bar last. */
  loadId: number
}

/** The latest daily bars of a security in a range of dates (null: without bound), the oldest first. */
export async function latestBars(
  db: Queryable, symbolId: number, range: { start: IsoDate | null; end: IsoDate | null }, limit: number | null,
): Promise<StoredBar[]> {
  const { rows } = await db.query<StoredBar>(`
    select time as date, trim_scale(open) as open, trim_scale(high) as high, trim_scale(low) as low, trim_scale(close) as close,
           trim_scale(volume) as volume, transactions, load_id as "loadId"
    from ohlcv_daily
    where symbol_id = $1 and time between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
    order by time desc
    limit $4`, [symbolId, range.start, range.end, limit])
  return rows.toReversed()
}
