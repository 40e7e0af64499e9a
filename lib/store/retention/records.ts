import type pg from 'pg'

/** Records of the work that was done, which may go when they are old: no bar, no version of a date and nothing that tells where a bar came from is among them. */
export interface Records {
  /** For programs: what they are called. */
  name: string
  /** What is removed of them; `$1` is the instant before which they are old. */
  remove: string
}

const OLD_ALERTS = 'select alert_id from alerts where cleared_at < $1'
/** Tables that name the run which wrote them: while one does, the run stays. */
const OF_RUNS = ['attempts', 'lineage', 'jobs', 'action_fetches', 'findings', 'remediation_log']

/** In the order in which they can be removed: what names another goes before it. */
export const RECORDS: readonly Records[] = [
  { name: 'provider_metrics', remove: `delete from provider_metrics where date < ($1::timestamptz at time zone 'UTC')::date` },
  { name: 'provider_quota', remove: `delete from provider_quota where starts < ($1::timestamptz at time zone 'UTC')::date` },
  { name: 'alert_mutes', remove: `delete from alert_mutes where until < $1 or alert_id in (${OLD_ALERTS})` },
  {
    name: 'notices',
    remove: `
      delete from notices n
      where (alert_id in (${OLD_ALERTS}) or (alert_id is null and created_at < $1))
        and not exists (select from deliveries d where d.notice_id = n.notice_id and d.sent_at is null and d.given_up_at is null)`,
  },
  { name: 'alerts', remove: `delete from alerts a where cleared_at < $1 and not exists (select from notices n where n.alert_id = a.alert_id)` },
  {
    name: 'ingestion_runs',
    remove: `
      delete from ingestion_runs r
      where finished_at < $1 and ${OF_RUNS.map((table) => `not exists (select from ${table} where run_id = r.run_id)`).join(' and ')}`,
  },
]

/** Removes records older than an instant, in the transaction of the client; returns how many. */
export async function removeRecords(client: pg.ClientBase, { remove }: Records, before: Date): Promise<number> {
  return (await client.query(remove, [before])).rowCount ?? 0
}
