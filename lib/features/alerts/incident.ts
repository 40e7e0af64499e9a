import type { StoredIncident } from '../../store/alerts/incidents.js'
import type { About, AlertKind, Details, Severity } from './trouble.js'

/** A trouble that was found, from its opening on. */
export interface Incident extends About {
  alertId: number
  /** Its topic and first part: one open incident each. */
  cause: string
  topic: string
  kind: AlertKind
  severity: Severity
  parts: readonly string[]
  summary: string
  hint: string | null
  details: Details
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

/** An incident that may not be written yet: null is its number then. */
export type Draft = Omit<Incident, 'alertId'> & { alertId: number | null }

/** Incidents as they were written here, where alone it is decided what they hold. */
export const asIncidents = (stored: readonly StoredIncident[]): Incident[] => stored as Incident[]
