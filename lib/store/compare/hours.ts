import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A session's regular hours. */
export interface OpenHours {
  date: IsoDate
  open: Date
  close: Date
}

/** A day whose bar cannot be whole, since an hour of its regular session went beyond it. */
export interface BeyondDay {
  symbolId: number
  symbol: string
  date: IsoDate
  kind: 'high_below_hour' | 'low_above_hour'
  /** The hour's beginning. */
  hour: Date
  dayValue: string
  hourValue: string
  percent: string
}

/** How many days were held against hours, and those that an hour contradicts, the worst first. */
export interface ComparedHours {
  days: number
  beyond: BeyondDay[]
}

/** Hours that lie whole within a regular session. */
const WHOLE_HOURS = `
  select h.symbol_id, s.date, h.time, h.high, h.low
  from unnest($2::date[], $3::timestamptz[], $4::timestamptz[]) s (date, opens, closes)
  join ohlcv_hourly h on h.symbol_id = any($1::integer[]) and h.time >= s.opens and h.time + interval '1 hour' <= s.closes and not h.partial`

/**
 * Holds daily bars against the hours of their regular session that are held, one by one: the hour in which the exchange opens has
 * trades from before, and hours together are not the day.
 */
export async function compareHours(db: Queryable, symbolIds: readonly number[], sessions: readonly OpenHours[]): Promise<ComparedHours> {
  const { rows } = await db.query<{ days: number } & ({ symbolId: null } | BeyondDay)>(`
    with hours as materialized (${WHOLE_HOURS}
    ), days as materialized (
      select symbol_id, time, high, low from ohlcv_daily where symbol_id = any($1::integer[]) and time = any($2::date[])
    ), beyond as (
      select distinct on (d.symbol_id, d.time, b.kind) d.symbol_id, d.time as date, b.kind, h.time as hour, b.day_value, b.hour_value, abs(b.hour_value - b.day_value) / nullif(b.day_value, 0) as off
      from days d
      join hours h on h.symbol_id = d.symbol_id and h.date = d.time
      cross join lateral (values ('high_below_hour', d.high, h.high, h.high > d.high), ('low_above_hour', d.low, h.low, h.low < d.low)) b (kind, day_value, hour_value, holds)
      where b.holds
      order by d.symbol_id, d.time, b.kind, off desc, h.time
    ), compared as (
      select count(*) as days from days d where exists (select from hours h where h.symbol_id = d.symbol_id and h.date = d.time)
    )
    select c.days, b.symbol_id as "symbolId", t.symbol, b.date, b.kind, b.hour, trim_scale(b.day_value)::text as "dayValue", trim_scale(b.hour_value)::text as "hourValue", round(100 * b.off, 4)::text as percent
    from compared c
    left join (beyond b join tickers t using (symbol_id)) on true
    order by b.off desc nulls last, t.symbol, b.date, b.kind`,
  [symbolIds, sessions.map(({ date }) => date), sessions.map(({ open }) => open), sessions.map(({ close }) => close)])
  return { days: rows[0]?.days ?? 0, beyond: rows.flatMap(({ days: _, ...row }) => (row.symbolId === null ? [] : [row])) }
}
