import type { TimespanName } from '../../datasets/timespan.js'
import type { Queryable } from '../../postgres/database.js'

/** An incident that is not written yet. */
export interface NewIncident {
  /** Its topic and first part: one open incident each. */
  cause: string
  topic: string
  kind: string
  severity: string
  /** What it is about; null: everything. */
  dataset: string | null
  symbol: string | null
  timespan: TimespanName | null
  provider: string | null
  parts: readonly string[]
  summary: string
  hint: string | null
  details: object
  openedAt: Date
  /** When it was last found. */
  seenAt: Date
  /** Since when it is no longer found; null: it was, the last time. */
  goodSince: Date | null
  /** Null: it is open. */
  clearedAt: Date | null
  /** How often it came back soon after it had been cleared. */
  flaps: number
  acknowledgedAt: Date | null
  acknowledgedBy: string | null
  note: string | null
}

/** An incident as it is kept. */
export interface StoredIncident extends NewIncident {
  alertId: number
}

const INCIDENTS = `
    select alert_id as "alertId", cause, topic, kind, severity, dataset, symbol, timespan, provider, parts, summary, hint, details, opened_at as "openedAt", seen_at as "seenAt",
           good_since as "goodSince", cleared_at as "clearedAt", flaps, acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy", note
    from alerts`

/** The incidents that are open, and those that were cleared after an instant, in order. */
export async function incidentsSince(db: Queryable, clearedAfter: Date): Promise<StoredIncident[]> {
  const { rows } = await db.query<StoredIncident>(`${INCIDENTS} where cleared_at is null or cleared_at > $1 order by alert_id`, [clearedAfter])
  return rows
}

/** Writes an incident down; returns its id. */
export async function insertIncident(db: Queryable, incident: NewIncident): Promise<number> {
  const { rows } = await db.query<{ alert_id: number }>(`
    insert into alerts (cause, topic, kind, severity, dataset, symbol, timespan, provider, parts, summary, hint, details, opened_at, seen_at, good_since, cleared_at, flaps)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    returning alert_id`,
  [
    incident.cause, incident.topic, incident.kind, incident.severity, incident.dataset, incident.symbol, incident.timespan, incident.provider, incident.parts, incident.summary, incident.hint,
    JSON.stringify(incident.details), incident.openedAt, incident.seenAt, incident.goodSince, incident.clearedAt, incident.flaps,
  ])
  return rows[0]!.alert_id
}

/** Writes what became of an incident; who looks after it is not touched. */
export async function updateIncident(db: Queryable, incident: StoredIncident): Promise<void> {
  await db.query(`
    update alerts
    set kind = $2, severity = $3, dataset = $4, symbol = $5, timespan = $6, provider = $7, summary = $8, hint = $9, details = $10, seen_at = $11, good_since = $12, cleared_at = $13, flaps = $14
    where alert_id = $1`, [
    incident.alertId, incident.kind, incident.severity, incident.dataset, incident.symbol, incident.timespan, incident.provider, incident.summary, incident.hint,
    JSON.stringify(incident.details), incident.seenAt, incident.goodSince, incident.clearedAt, incident.flaps,
  ])
}

/** Notes that somebody looks after an open incident; the first stays. Whether there is such an incident. */
export async function acknowledgeIncident(db: Queryable, alertId: number, by: string, note: string | null, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(`
    update alerts
    set acknowledged_at = coalesce(acknowledged_at, greatest($4, opened_at)), acknowledged_by = coalesce(acknowledged_by, $2), note = coalesce($3, note)
    where alert_id = $1 and cleared_at is null`, [alertId, by, note, at])
  return rowCount === 1
}

/** Which incidents; null where everything will do. */
export interface IncidentFilter {
  alertId: number | null
  state: 'open' | 'cleared' | null
  kind: string | null
  severity: string | null
  dataset: string | null
  symbol: string | null
  provider: string | null
}

/** A page of the incidents, those opened last first, of those opened before the one given. */
export async function incidentPage(db: Queryable, filter: IncidentFilter, before: number | null, limit: number): Promise<StoredIncident[]> {
  const { rows } = await db.query<StoredIncident>(`${INCIDENTS}
    where ($1::bigint is null or alert_id = $1) and ($2::text is null or (cleared_at is null) = ($2 = 'open')) and ($3::text is null or kind = $3) and ($4::text is null or severity = $4)
      and ($5::text is null or dataset = $5) and ($6::text is null or symbol = $6 or details -> 'symbols' ? $6) and ($7::text is null or provider = $7) and ($8::bigint is null or alert_id < $8)
    order by alert_id desc
    limit $9`, [filter.alertId, filter.state, filter.kind, filter.severity, filter.dataset, filter.symbol, filter.provider, before, limit])
  return rows
}
