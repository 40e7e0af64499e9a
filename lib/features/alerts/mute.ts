import type { Incident } from './incident.js'

/** Of which incidents nobody is told until when: those that agree with all that is not null. */
export interface Mute {
  muteId: number
  alertId: number | null
  kind: string | null
  dataset: string | null
  symbol: string | null
  provider: string | null
  until: Date
}

/** Whether somebody does not want to be told of an incident now. A new one has no number yet. */
export function isMuted(incident: Pick<Incident, 'kind' | 'dataset' | 'symbol' | 'provider'> & { alertId: number | null }, mutes: readonly Mute[], now: Date): boolean {
  return mutes.some((mute) => mute.until > now && (['alertId', 'kind', 'dataset', 'symbol', 'provider'] as const).every((field) => mute[field] === null || mute[field] === incident[field]))
}
