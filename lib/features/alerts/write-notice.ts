import type { Queryable } from '../../postgres/database.js'
import { insertDeliveries } from '../../store/alerts/deliveries.js'
import { insertNotice } from '../../store/alerts/notices.js'
import type { Channel } from './channel.js'
import type { Incident } from './incident.js'
import type { Notice, NoticeEvent, ToldIncident } from './notice.js'

/** Something to tell. */
export interface NoticeRequest {
  event: NoticeEvent
  /** What it is of: one incident, of a reminder those that are open, else none. */
  incidents: readonly Incident[]
  report?: Notice['report']
  /** What with the same key was told is not told again; null: it is. */
  dedupKey?: string | null
  /** The notice that it goes on from; null: it begins. */
  replyTo?: string | null
}

/** An incident as a notice tells of it. */
function toldIncident({ alertId, kind, severity, summary, hint, details, dataset, symbol, timespan, provider, openedAt, clearedAt }: Incident): ToldIncident {
  return { alertId, kind, severity, summary, hint, details, dataset, symbol, timespan, provider, openedAt: openedAt.toISOString(), clearedAt: clearedAt?.toISOString() ?? null }
}

/** Whether a channel is to bring a notice. That it fails itself it could not say before it is over. */
function brings(channel: Channel, { event, incidents }: NoticeRequest): boolean {
  return channel.takes({ event }) && !(incidents.length === 1 && incidents[0]!.topic === `undeliverable ${channel.name}`)
}

/** Writes down what is to be told, and by which channels. undefined: the same was told before. */
export async function writeNotice(db: Queryable, request: NoticeRequest, channels: readonly Channel[], now: Date): Promise<Notice | undefined> {
  const { event, incidents, report = null, dedupKey = null, replyTo = null } = request
  const content = { at: now.toISOString(), incidents: incidents.map(toldIncident), report }
  const alertId = event === 'reminder' || incidents.length !== 1 ? null : incidents[0]!.alertId
  const written = await insertNotice(db, { alertId, event, dedupKey, replyTo, document: content, at: now })
  if (!written) return undefined
  await insertDeliveries(db, written.noticeId, channels.filter((channel) => brings(channel, request)).map(({ name }) => name), now)
  return { ...content, noticeId: written.noticeId, messageId: written.messageId, event, replyTo }
}
