import type { Queryable } from '../../postgres/database.js'

/** A channel that does not get notices through. */
export interface Undeliverable {
  channel: string
  notices: number
  /** When the first of them was written. */
  since: Date
  code: string | null
}

/** Channels with notices that were tried and not sent since an instant, or given up after another, and nothing sent after them. */
export async function undeliverableChannels(db: Queryable, waitingSince: Date, givenUpAfter: Date): Promise<Undeliverable[]> {
  const { rows } = await db.query<Undeliverable>(`
    select d.channel, count(*) as notices, min(n.created_at) as since, (array_agg(d.code order by d.notice_id desc) filter (where d.code is not null))[1] as code
    from deliveries d join notices n using (notice_id)
    where ((d.sent_at is null and d.given_up_at is null and d.tries > 0 and n.created_at <= $1)
           or (d.given_up_at > $2 and d.given_up_at >= coalesce((select max(last.sent_at) from deliveries last where last.channel = d.channel), d.given_up_at)))
    group by d.channel
    order by d.channel`, [waitingSince, givenUpAfter])
  return rows
}
