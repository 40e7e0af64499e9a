import type { CalendarOverride } from '../../calendar/calendar.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** What the user keeps about an exchange's calendar, by date. */
export async function listOverrides(db: Queryable, exchange: string): Promise<CalendarOverride[]> {
  const { rows } = await db.query<CalendarOverride>(
    `select date, kind, to_char(closes, 'HH24:MI') as closes, reason
     from calendar_overrides
     where exchange = $1
     order by date`,
    [exchange],
  )
  return rows
}

/** What was kept about an exchange's calendar since an instant, of a date or later. */
export async function overridesSince(db: Queryable, exchange: string, since: Date, from: IsoDate): Promise<CalendarOverride[]> {
  const { rows } = await db.query<CalendarOverride>(
    `select date, kind, to_char(closes, 'HH24:MI') as closes, reason
     from calendar_overrides
     where exchange = $1 and created_at > $2 and date >= $3
     order by date`,
    [exchange, since, from],
  )
  return rows
}

/** Keeps an override, in place of another of the same date. */
export async function putOverride(db: Queryable, exchange: string, { date, kind, closes, reason }: CalendarOverride): Promise<void> {
  await db.query(
    `insert into calendar_overrides (exchange, date, kind, closes, reason)
     values ($1, $2, $3, $4, $5)
     on conflict (exchange, date) do update
     set kind = excluded.kind, closes = excluded.closes, reason = excluded.reason, created_at = now()`,
    [exchange, date, kind, closes, reason],
  )
}

/** Forgets the override of a date; whether there was one. */
export async function deleteOverride(db: Queryable, exchange: string, date: IsoDate): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from calendar_overrides
     where exchange = $1 and date = $2`,
    [exchange, date],
  )
  return rowCount === 1
}
