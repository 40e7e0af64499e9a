import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { OpenHours } from '../compare/hours.js'

/** A day that cannot be whole, since the minutes of its regular session go beyond it; numbers are exact decimal text. */
export interface BeyondMinutes {
  symbolId: number
  minutes: number
  dayHigh: string
  minutesHigh: string
  dayLow: string
  minutesLow: string
  dayVolume: string
  minutesVolume: string
}

/** The dates that may have minute bars: those of files, and of fills. */
export async function datesOfMinutes(db: Queryable, { name, table, times: { dateOf, within } }: Dataset, { start, end }: DateRange): Promise<IsoDate[]> {
  const { rows } = await db.query<{ date: IsoDate }>(`
    select date from lineage where dataset = $1 and date between $2::date and $3::date
    union
    select ${dateOf('time')} from ${table} where filled_by is not null and ${within('time', '$2::date', '$3::date')}
    order by 1`, [name, start, end])
  return rows.map(({ date }) => date)
}

/**
 * The days of a session that the minutes of its regular hours contradict: an extreme outside that of the day, or more volume. Minutes together are not the day, which
 * has the auctions and what was traded before and after: it may have more, and no less.
 * @param most percent by which minutes may go beyond
 */
export async function beyondMinutes(db: Queryable, { date, open, close }: OpenHours, most: { price: number; volume: number }): Promise<BeyondMinutes[]> {
  const { rows } = await db.query<BeyondMinutes>(`
    with minutes as materialized (
      select symbol_id, count(*) as bars, max(high) as high, min(low) as low, sum(volume) as volume
      from ohlcv_minute where time >= $2::timestamptz and time < $3::timestamptz
      group by symbol_id
    ), days as materialized (
      select symbol_id, high, low, volume from ohlcv_daily where time = $1::date
    )
    select symbol_id as "symbolId", m.bars as minutes, ${['high', 'low', 'volume'].map((name) => {
      const title = name.charAt(0).toUpperCase() + name.slice(1)
      return `trim_scale(d.${name})::text as "day${title}", trim_scale(m.${name})::text as "minutes${title}"`
    }).join(', ')}
    from days d join minutes m using (symbol_id)
    where m.high > d.high * (1 + $4::numeric / 100) or m.low < d.low * (1 - $4::numeric / 100) or m.volume > d.volume * (1 + $5::numeric / 100)
    order by symbol_id`, [date, open, close, most.price, most.volume])
  return rows
}
