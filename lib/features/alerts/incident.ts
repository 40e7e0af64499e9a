import type { StoredIncident } from '../../store/alerts/incidents.js'
import type { AlertKind, Details, Severity } from './trouble.js'

/** A trouble that was found, from its opening on. */
export interface Incident extends StoredIncident {
  kind: AlertKind
  severity: Severity
  details: Details
}

/** An incident that may not be written yet: null is its number then. */
export type Draft = Omit<Incident, 'alertId'> & { alertId: number | null }

/** Incidents as they were written here, where alone it is decided what they hold. */
export const asIncidents = (stored: readonly StoredIncident[]): Incident[] => stored as Incident[]
