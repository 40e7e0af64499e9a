import type { Queryable } from '../../postgres/database.js'
import type { Told } from './told.js'

/** Something to tell that is not written yet. */
export interface NewNotice {
  /** The incident that it is of; null: of several, or of none. */
  alertId: number | null
  event: string
  /** What with the same key was written is not written again; null: it is. */
  dedupKey: string | null
  replyTo: string | null
  /** What is told, plain data. */
  document: object
  at: Date
}

/** A notice as it is kept. */
export interface StoredNotice {
  noticeId: number
  messageId: string
  event: string
  replyTo: string | null
  document: object
  createdAt: Date
}

/** Writes a notice down; undefined: the same was told before. */
export async function insertNotice(db: Queryable, { alertId, event, dedupKey, replyTo, document, at }: NewNotice): Promise<StoredNotice | undefined> {
  const { rows } = await db.query<StoredNotice>(`
    insert into notices (alert_id, event, dedup_key, reply_to, document, created_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (dedup_key) do nothing
    returning notice_id as "noticeId", message_id as "messageId", event, reply_to as "replyTo", document, created_at as "createdAt"`,
  [alertId, event, dedupKey, replyTo, JSON.stringify(document), at])
  return rows[0]
}

/** Whether a notice was written down. */
export async function isNoticeThere(db: Queryable, messageId: string): Promise<boolean> {
  const { rowCount } = await db.query('select from notices where message_id = $1', [messageId])
  return rowCount === 1
}

/** A notice with what became of it by each channel. */
export interface NoticeOfIncident extends StoredNotice {
  deliveries: { channel: string; tries: number; nextTryAt: Date; sentAt: Date | null; givenUpAt: Date | null; code: string | null; message: string | null }[]
}

/** What was told of an incident, in order; reminders that name it, too. */
export async function noticesOf(db: Queryable, alertId: number): Promise<NoticeOfIncident[]> {
  const { rows: notices } = await db.query<StoredNotice>(`
    select notice_id as "noticeId", message_id as "messageId", event, reply_to as "replyTo", document, created_at as "createdAt"
    from notices
    where alert_id = $1 or (event = 'reminder' and document -> 'incidents' @> jsonb_build_array(jsonb_build_object('alertId', $1::bigint)))
    order by notice_id`, [alertId])
  const { rows } = await db.query<NoticeOfIncident['deliveries'][number] & { noticeId: number }>(`
    select notice_id as "noticeId", channel, tries, next_try_at as "nextTryAt", sent_at as "sentAt", given_up_at as "givenUpAt", code, message
    from deliveries where notice_id = any ($1) order by channel`, [notices.map(({ noticeId }) => noticeId)])
  return notices.map((notice) => ({ ...notice, deliveries: rows.filter(({ noticeId }) => noticeId === notice.noticeId).map(({ noticeId: _, ...delivery }) => delivery) }))
}

/** What people know of these incidents, by incident; those they know nothing of are not among it. */
export async function toldOf(db: Queryable, alertIds: readonly number[]): Promise<Map<number, Told>> {
  const { rows } = await db.query<Told & { alertId: number }>(`
    with own as materialized (
      select alert_id, notice_id, event, message_id, created_at, document #>> '{incidents,0,severity}' as severity from notices where alert_id = any ($1)
    ), told as (
      select * from own
      union all
      select (incident ->> 'alertId')::bigint, notice_id, event, message_id, created_at, incident ->> 'severity'
      from notices cross join lateral jsonb_array_elements(document -> 'incidents') incident
      where event = 'reminder' and notice_id > (select min(notice_id) from own) and (incident ->> 'alertId')::bigint = any ($1)
    )
    select alert_id as "alertId", (array_agg(message_id order by notice_id) filter (where event <> 'reminder'))[1] as "messageId",
           (array_agg(event order by notice_id desc) filter (where event <> 'reminder'))[1] as event, (array_agg(created_at order by notice_id desc))[1] as at, bool_or(severity = 'critical') as "wasCritical"
    from told
    group by alert_id
    having bool_or(event <> 'reminder')`, [alertIds])
  return new Map(rows.map(({ alertId, ...told }) => [alertId, told]))
}
