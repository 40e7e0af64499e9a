import type { Told } from '../../store/alerts/told.js'
import type { Change, ChangeStep } from './change.js'
import type { Draft, Incident } from './incident.js'
import { isMuted, type Mute } from './mute.js'
import { isLongAgo } from './patience.js'
import { isNews } from './trouble.js'

/** What people know, and who does not want to know. */
export interface Listeners {
  mutes: readonly Mute[]
  /** What people know of incidents, by incident. */
  told: ReadonlyMap<number, Told>
}

/** What people are to be told of an incident, so that they know how it stands. It follows from what they know, not from what happened: what was muted meanwhile is made up for. */
export function tellingOf(incident: Draft, step: ChangeStep, { mutes, told }: Listeners, now: Date): Change['tell'] {
  if (step === 'gone' || isMuted(incident, mutes, now)) return null
  const known = incident.alertId === null ? undefined : told.get(incident.alertId)
  if (step === 'cleared') return !isNews(incident) && known !== undefined && known.event !== 'cleared' ? 'cleared' : null
  if (known === undefined) return 'opened'
  if (known.event === 'cleared') return 'reopened'
  return incident.severity === 'critical' && !known.wasCritical ? 'escalated' : null
}

/** The incidents that people are to be reminded of: all that are open and nobody looks after, once a day has gone since they last heard of one that is still found. */
export function remindedOf(changes: readonly Change[], { mutes, told }: Listeners, now: Date): Incident[] {
  const open = changes.flatMap(({ incident: { alertId, ...incident }, tell }) => (alertId === null || tell !== null ? [] : [{ alertId, ...incident }]))
    .filter((incident) => incident.clearedAt === null && !isNews(incident) && incident.acknowledgedAt === null && told.has(incident.alertId) && !isMuted(incident, mutes, now))
  return open.some(({ alertId, goodSince }) => goodSince === null && isLongAgo(told.get(alertId)!.at, now)) ? open : []
}
