import type { Draft, Incident } from './incident.js'
import { holdOf, isSoonAfter, later } from './patience.js'
import { isNews, type Trouble } from './trouble.js'

/** By which there is one open incident. */
export const causeOf = (topic: string, part: string): string => `${topic} ${part}`.trim()

/** A trouble of these of its parts only. */
export function narrowed(trouble: Trouble, parts: readonly string[]): Trouble {
  return parts.length === trouble.parts.length ? trouble : { ...(trouble.only?.(parts) ?? trouble), parts }
}

const wordsOf = ({ kind, severity, summary, hint, details, dataset, symbol, timespan, provider }: Trouble): Pick<Incident, 'kind' | 'severity' | 'summary' | 'hint' | 'details' | 'dataset' | 'symbol' | 'timespan' | 'provider'> =>
  ({ kind, severity, summary, hint, details, dataset, symbol, timespan, provider })

/** The incident that a trouble opens. */
export function opened(trouble: Trouble, now: Date): Draft {
  return {
    ...wordsOf(trouble), alertId: null, cause: causeOf(trouble.topic, trouble.parts[0]!), topic: trouble.topic, parts: trouble.parts, openedAt: now, seenAt: now,
    goodSince: null, clearedAt: null, flaps: 0, acknowledgedAt: null, acknowledgedBy: null, note: null,
  }
}

/** An open incident whose trouble is still there. */
export function found(incident: Incident, trouble: Trouble, now: Date): Incident {
  return { ...incident, ...wordsOf(trouble), seenAt: later(incident.seenAt, now), goodSince: null }
}

/** An incident that was over and whose trouble is back. */
export function reopened(incident: Incident, trouble: Trouble, now: Date): Incident {
  return { ...found(incident, trouble, now), clearedAt: null, flaps: incident.flaps + 1 }
}

/** An incident that is over. */
export function cleared(incident: Incident, now: Date): Incident {
  return { ...incident, clearedAt: later(incident.openedAt, now) }
}

/** An open incident whose trouble is gone: over, once that has been so for long enough. */
export function gone(incident: Incident, now: Date): Incident {
  const { goodSince, flaps } = incident
  // A later instant comes from a clock that has been set back.
  if (goodSince === null || goodSince > now) return { ...incident, goodSince: now }
  return now.getTime() - goodSince.getTime() >= holdOf(flaps) ? cleared(incident, now) : incident
}

/** Whether what is found now may go on with an incident that is over. News never does. */
export const mayReopen = (incident: Incident, now: Date): boolean => !isNews(incident) && incident.clearedAt !== null && isSoonAfter(incident.clearedAt, now)
