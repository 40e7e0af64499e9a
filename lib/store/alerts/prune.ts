import type { Queryable } from '../../postgres/database.js'

/** What of a notice is still to be sent keeps it. */
const WAITING = 'select from deliveries d where d.notice_id = n.notice_id and d.sent_at is null and d.given_up_at is null'

/** Incidents that were cleared before an instant and of which nothing is still to be sent. */
const OLD_INCIDENTS = `from alerts a where cleared_at < $1 and not exists (select from notices n where n.alert_id = a.alert_id and exists (${WAITING}))`
/** Notices of no incident, or of several, that are as old. */
const OLD_NOTICES = `from notices n where alert_id is null and created_at < $1 and not exists (${WAITING})`

/** How much there is of what is no longer to be kept. */
export interface PrunedAlerts {
  incidents: number
  /** Reminders, reports and tests; those of the incidents go with them. */
  notices: number
}

/** How many incidents and notices are older than an instant and over. */
export async function countAlertsBefore(db: Queryable, before: Date): Promise<PrunedAlerts> {
  const { rows } = await db.query<PrunedAlerts>(`select (select count(*) ${OLD_INCIDENTS}) as incidents, (select count(*) ${OLD_NOTICES}) as notices`, [before])
  return rows[0]!
}

/** Removes the incidents and notices that are older than an instant and over, with all that belongs to them. */
export async function removeAlertsBefore(db: Queryable, before: Date): Promise<PrunedAlerts> {
  const incidents = await db.query(`delete ${OLD_INCIDENTS}`, [before])
  const notices = await db.query(`delete ${OLD_NOTICES}`, [before])
  return { incidents: incidents.rowCount ?? 0, notices: notices.rowCount ?? 0 }
}
