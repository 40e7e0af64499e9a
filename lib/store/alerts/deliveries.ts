import type pg from 'pg'
import type { Queryable } from '../../postgres/database.js'
import type { StoredNotice } from './notices.js'

/** A notice that is to be sent by a channel now. */
export interface DueDelivery extends StoredNotice {
  tries: number
}

/** What is to be sent is written down: a notice by each of the channels. */
export async function insertDeliveries(db: Queryable, noticeId: number, channels: readonly string[], at: Date): Promise<void> {
  await db.query('insert into deliveries (notice_id, channel, next_try_at) select $1, unnest($2::text[]), $3', [noticeId, channels, at])
}

/**
 * The first notice that is due by a channel, held until the transaction ends; one that another holds is passed over, and so is one that goes on from another of its incident that is still to be sent.
 * A try that is to come more than a day from now was set by a clock that has been set back since.
 */
export async function holdDueDelivery(client: pg.ClientBase, channel: string, now: Date): Promise<DueDelivery | undefined> {
  const { rows } = await client.query<DueDelivery>(`
    select notice_id as "noticeId", n.message_id as "messageId", n.event, n.reply_to as "replyTo", n.document, n.created_at as "createdAt", d.tries
    from deliveries d join notices n using (notice_id)
    where d.channel = $1 and d.sent_at is null and d.given_up_at is null and (d.next_try_at <= $2 or d.next_try_at > $2::timestamptz + interval '1 day')
      and not exists (
        select from notices before join deliveries waiting using (notice_id)
        where before.alert_id = n.alert_id and before.notice_id < n.notice_id and waiting.channel = d.channel and waiting.sent_at is null and waiting.given_up_at is null)
    order by notice_id
    limit 1
    for update of d skip locked`, [channel, now])
  return rows[0]
}

/** Marks a notice as sent by a channel. */
export async function markSent(db: Queryable, noticeId: number, channel: string, at: Date): Promise<void> {
  await db.query('update deliveries set tries = tries + 1, sent_at = $3, code = null, message = null where notice_id = $1 and channel = $2 and sent_at is null', [noticeId, channel, at])
}

/** How a try to send failed. */
export interface FailedTry {
  code: string
  message: string
  /** When it is tried again; null: never. */
  nextTryAt: Date | null
}

/** Notes that a notice could not be sent by a channel. */
export async function markFailed(db: Queryable, noticeId: number, channel: string, { code, message, nextTryAt }: FailedTry, at: Date): Promise<void> {
  await db.query(`
    update deliveries set tries = tries + 1, code = $3, message = $4, next_try_at = coalesce($5, next_try_at), given_up_at = case when $5::timestamptz is null then $6::timestamptz end
    where notice_id = $1 and channel = $2`, [noticeId, channel, code, message, nextTryAt, at])
}

/** Has what was written under a key, and was not sent by a channel so far, be sent at once, given up or not. One that is being sent is waited for. */
export async function makeDue(db: Queryable, dedupKey: string, channel: string, now: Date): Promise<void> {
  await db.query(`
    update deliveries d set next_try_at = $3, given_up_at = null
    from notices n
    where n.notice_id = d.notice_id and n.dedup_key = $1 and d.channel = $2 and d.sent_at is null`, [dedupKey, channel, now])
}

/** How what was written under a key stands with a channel. */
export async function deliveryOf(db: Queryable, dedupKey: string, channel: string): Promise<{ noticeId: number; isSent: boolean; isGivenUp: boolean; code: string | null }> {
  const { rows } = await db.query<{ noticeId: number; isSent: boolean; isGivenUp: boolean; code: string | null }>(`
    select notice_id as "noticeId", sent_at is not null as "isSent", given_up_at is not null as "isGivenUp", code
    from notices join deliveries using (notice_id)
    where dedup_key = $1 and channel = $2`, [dedupKey, channel])
  return rows[0]!
}

/** Gives up what was written before an instant and could not be sent since, by whatever channel; how many. One that is being sent is left. */
export async function giveUpOlder(db: Queryable, before: Date, at: Date): Promise<number> {
  const { rowCount } = await db.query(`
    update deliveries set given_up_at = $2
    where (notice_id, channel) in (
      select d.notice_id, d.channel from deliveries d join notices n using (notice_id)
      where d.sent_at is null and d.given_up_at is null and n.created_at < $1
      for update of d skip locked)`, [before, at])
  return rowCount ?? 0
}
