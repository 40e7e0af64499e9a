import { UsageError } from '../../domain/errors.js'
import { acknowledgeIncident } from '../../store/alerts/incidents.js'
import { endMuteOf, insertMute, type NewMute, type StoredMute } from '../../store/alerts/mutes.js'
import type { Runtime } from '../runs/runtime.js'
import type { Incident } from './incident.js'
import { incidentById } from './list.js'

/** Notes that somebody looks after an open incident, of which nobody is reminded from then on; who did so first stays. @throws UsageError ALERT_UNKNOWN, ALERT_CLEARED */
export async function acknowledge({ db, signal, now }: Runtime, alertId: number, by: string, note: string | null = null): Promise<Incident> {
  return db.run(signal, async (client) => {
    const isDone = await acknowledgeIncident(client, alertId, by, note, now())
    const incident = await incidentById(client, alertId)
    if (!isDone) throw new UsageError('ALERT_CLEARED', `alert ${alertId} is over: there is nothing to look after`, { hint: 'ohlcv alerts lists those that are open' })
    return incident
  })
}

/** Of what nobody is to be told until when; null where it is about all, but not everywhere. */
export type MuteRequest = Pick<NewMute, 'alertId' | 'kind' | 'dataset' | 'symbol' | 'provider' | 'reason' | 'mutedBy' | 'until'>

/** Has nobody told of what agrees with all that is set, until the time given. @throws UsageError MUTE_OF_NOTHING, MUTE_OVER, ALERT_UNKNOWN */
export async function mute({ db, signal, now }: Runtime, request: MuteRequest): Promise<StoredMute> {
  const { alertId, kind, dataset, symbol, provider, until } = request
  const mutedAt = now()
  if ([alertId, kind, dataset, symbol, provider].every((one) => one === null)) {
    throw new UsageError('MUTE_OF_NOTHING', 'a mute says what it is of', { hint: 'name an alert, a kind, a dataset, a symbol or a provider' })
  }
  if (until <= mutedAt) throw new UsageError('MUTE_OVER', `a mute until ${until.toISOString()} would be over already`, { hint: 'name a time that is to come' })
  return db.run(signal, async (client) => {
    if (alertId !== null) await incidentById(client, alertId)
    return insertMute(client, { ...request, mutedAt })
  })
}

/** Takes a mute back that holds. @throws UsageError MUTE_UNKNOWN */
export async function endMute({ db, signal, now }: Runtime, muteId: number): Promise<void> {
  const isEnded = await db.run(signal, (client) => endMuteOf(client, muteId, now()))
  if (!isEnded) throw new UsageError('MUTE_UNKNOWN', `there is no mute ${muteId} that still holds`, { hint: 'ohlcv alerts shows those that hold' })
}
