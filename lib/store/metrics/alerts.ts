import type { Queryable } from '../../postgres/database.js'

/** How many incidents of a kind are open. */
export interface OpenAlerts {
  kind: string
  severity: string
  alerts: number
}

/** The open incidents, by kind. */
export async function openAlerts(db: Queryable): Promise<OpenAlerts[]> {
  const { rows } = await db.query<OpenAlerts>('select kind, severity, count(*) as alerts from alerts where cleared_at is null group by kind, severity')
  return rows
}

/** How many incidents of a kind were opened since the instant. */
export async function openedAlerts(db: Queryable, since: Date): Promise<{ kind: string; alerts: number }[]> {
  const { rows } = await db.query<{ kind: string; alerts: number }>('select kind, count(*) as alerts from alerts where opened_at >= $1 group by kind order by kind', [since])
  return rows
}

/** How many notices of an event went out by a channel. */
export interface SentNotices {
  channel: string
  event: string
  notices: number
}

/** The notices that were sent by the channels since the instant. */
export async function sentNotices(db: Queryable, channels: readonly string[], since: Date): Promise<SentNotices[]> {
  const { rows } = await db.query<SentNotices>(`
    select d.channel, n.event, count(*) as notices
    from deliveries d join notices n using (notice_id)
    where d.channel = any ($1) and d.sent_at >= $2
    group by d.channel, n.event
    order by d.channel, n.event`, [channels, since])
  return rows
}

/** What a channel did not send yet, and what was given up since the instant. */
export interface UnsentNotices {
  channel: string
  waiting: number
  givenUp: number
  /** When the first of the waiting was written, in seconds of Unix; null where none waits. */
  oldest: number | null
}

/** What was not sent, by channel: those of them that ever had something to send. */
export async function unsentNotices(db: Queryable, channels: readonly string[], since: Date): Promise<UnsentNotices[]> {
  const { rows } = await db.query<UnsentNotices>(`
    select c.channel, w.waiting, w.oldest, (select count(*) from deliveries d where d.channel = c.channel and d.given_up_at >= $2) as "givenUp"
    from unnest($1::text[]) c (channel)
    cross join lateral (
      select count(*) as waiting, extract(epoch from min(n.created_at))::double precision as oldest
      from deliveries d join notices n using (notice_id)
      where d.channel = c.channel and d.sent_at is null and d.given_up_at is null
    ) w
    where exists (select from deliveries d where d.channel = c.channel)
    order by c.channel`, [channels, since])
  return rows
}

/** When it was last looked whether anybody has to be told of anything, how long that took, and what was found; null: never. */
export async function lastLook(db: Queryable): Promise<{ at: number; milliseconds: number; troubles: number } | null> {
  const { rows } = await db.query<{ at: number; milliseconds: number; troubles: number }>(`select extract(epoch from checked_at)::double precision as at, milliseconds, troubles from alert_check`)
  return rows[0] ?? null
}
