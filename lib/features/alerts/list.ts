import { UsageError } from '../../domain/errors.js'
import type { Queryable } from '../../postgres/database.js'
import { incidentPage, type IncidentFilter } from '../../store/alerts/incidents.js'
import { noticesOf, type NoticeOfIncident } from '../../store/alerts/notices.js'
import { asIncidents, type Incident } from './incident.js'

const ALL_INCIDENTS: IncidentFilter = { alertId: null, state: null, kind: null, severity: null, dataset: null, symbol: null, provider: null }

/** A page of incidents, those opened last first, of those opened before the one given. */
export async function listIncidents(db: Queryable, filter: Partial<IncidentFilter>, page: { before: number | null; limit: number }): Promise<Incident[]> {
  return asIncidents(await incidentPage(db, { ...ALL_INCIDENTS, ...filter }, page.before, page.limit))
}

/** An incident with what was told of it. @throws UsageError ALERT_UNKNOWN */
export async function incidentById(db: Queryable, alertId: number): Promise<Incident & { notices: NoticeOfIncident[] }> {
  const [incident] = await listIncidents(db, { alertId }, { before: null, limit: 1 })
  if (!incident) throw new UsageError('ALERT_UNKNOWN', `there is no alert ${alertId}`, { hint: 'ohlcv alerts lists the latest' })
  return { ...incident, notices: await noticesOf(db, alertId) }
}
