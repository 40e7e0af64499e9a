import * as v from 'valibot'
import type { Incident } from '../features/alerts/incident.js'
import { SEVERITIES } from '../features/alerts/trouble.js'
import type { StoredMute } from '../store/alerts/mutes.js'
import type { NoticeOfIncident } from '../store/alerts/notices.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, id, instant, instantOrNull, instantText } from './fields.js'
import { incidentDetails, incidentDetailsOf } from './incident-details.js'
import { interval } from './service/parts.js'

/** An incident, whole. */
const incident = v.strictObject({
  alert_id: id,
  /** What is wrong: stale, missing, failed, provider, disk and so on. */
  kind: v.string(),
  /** News (`info`) is nothing to be mended. */
  severity: v.picklist(SEVERITIES),
  summary: v.string(),
  /** What to do about it. */
  hint: v.nullable(v.string()),
  /** What it is about; null: everything, or several. */
  dataset: v.nullable(v.string()),
  symbol: v.nullable(v.string()),
  timespan: v.nullable(interval),
  provider: v.nullable(v.string()),
  details: incidentDetails,
  opened_at: instant,
  /** When it was last found. */
  seen_at: instant,
  /** Since when it is no longer found: it is cleared once that has lasted. */
  good_since: v.nullable(instant),
  /** Null: it is open. */
  cleared_at: v.nullable(instant),
  /** How often it came back soon after it had been cleared. */
  flaps: count,
  acknowledged_at: v.nullable(instant),
  acknowledged_by: v.nullable(v.string()),
  note: v.nullable(v.string()),
})

/** Of which incidents nobody is told until when. */
const mute = v.strictObject({
  mute_id: id,
  /** Incidents that agree with all of these that are not null. */
  alert_id: v.nullable(id),
  kind: v.nullable(v.string()),
  dataset: v.nullable(v.string()),
  symbol: v.nullable(v.string()),
  provider: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  muted_by: v.string(),
  muted_at: instant,
  until: instant,
})

/** How a notice stands with a channel: it has been sent, is (again) to be, or was given up. */
export const DELIVERY_STATES = ['sent', 'waiting', 'given_up'] as const

/** What was told of an incident, and by which channels. */
const notice = v.strictObject({
  notice_id: id,
  event: v.string(),
  written_at: instant,
  deliveries: v.array(v.strictObject({
    channel: v.string(), state: v.picklist(DELIVERY_STATES), tries: count, sent_at: v.nullable(instant), next_try_at: v.nullable(instant),
    /** How the last try failed. */
    code: v.nullable(v.string()),
    message: v.nullable(v.string()),
  })),
})

/** `ohlcv alerts`: incidents, the latest first; when it was last looked; and what is muted. */
export const ALERTS = defineDocument('ohlcv.alerts/1', v.strictObject({ checked_at: v.nullable(instant), alerts: v.array(incident), mutes: v.array(mute) }))

/** `ohlcv alerts show`: one of them, with all that was told of it. */
export const ALERT = defineDocument('ohlcv.alerts.show/1', v.strictObject({ alert: incident, notices: v.array(notice), mutes: v.array(mute) }))

/** `ohlcv alerts acknowledge`: the incident that somebody looks after now. */
export const ALERTS_ACKNOWLEDGE = defineDocument('ohlcv.alerts.acknowledge/1', v.strictObject({ alert: incident }))

/** `ohlcv alerts mute`: what is muted now. */
export const ALERTS_MUTE = defineDocument('ohlcv.alerts.mute/1', v.strictObject({ mute }))

/** `ohlcv alerts unmute`: the mutes that were taken back. */
export const ALERTS_UNMUTE = defineDocument('ohlcv.alerts.unmute/1', v.strictObject({ mutes: v.array(id) }))

function incidentOf({ alertId, kind, severity, summary, hint, dataset, symbol, timespan, provider, details, openedAt, seenAt, goodSince, clearedAt, flaps, acknowledgedAt, acknowledgedBy, note }: Incident): v.InferInput<typeof incident> {
  return {
    alert_id: alertId, kind, severity, summary, hint, dataset, symbol, timespan, provider, details: incidentDetailsOf(details),
    opened_at: instantText(openedAt), seen_at: instantText(seenAt), good_since: instantOrNull(goodSince), cleared_at: instantOrNull(clearedAt), flaps,
    acknowledged_at: instantOrNull(acknowledgedAt), acknowledged_by: acknowledgedBy, note,
  }
}

function muteOf({ muteId, alertId, kind, dataset, symbol, provider, reason, mutedBy, mutedAt, until }: StoredMute): v.InferInput<typeof mute> {
  return { mute_id: muteId, alert_id: alertId, kind, dataset, symbol, provider, reason, muted_by: mutedBy, muted_at: instantText(mutedAt), until: instantText(until) }
}

/** How a notice stands with a channel. */
export function deliveryState({ sentAt, givenUpAt }: Pick<NoticeOfIncident['deliveries'][number], 'sentAt' | 'givenUpAt'>): (typeof DELIVERY_STATES)[number] {
  return sentAt !== null ? 'sent' : givenUpAt === null ? 'waiting' : 'given_up'
}

function noticeOf({ noticeId, event, createdAt, deliveries }: NoticeOfIncident): v.InferInput<typeof notice> {
  return {
    notice_id: noticeId, event, written_at: instantText(createdAt),
    deliveries: deliveries.map(({ channel, tries, nextTryAt, sentAt, code, message, ...rest }) => {
      const state = deliveryState({ sentAt, ...rest })
      return { channel, state, tries, sent_at: instantOrNull(sentAt), next_try_at: state === 'waiting' ? instantText(nextTryAt) : null, code, message }
    }),
  }
}

/** The document of incidents. */
export function alertsDocument(checkedAt: Date | null, incidents: readonly Incident[], mutes: readonly StoredMute[]): DocumentOf<typeof ALERTS> {
  return { checked_at: instantOrNull(checkedAt), alerts: incidents.map(incidentOf), mutes: mutes.map(muteOf) }
}

/** The document of one. @param mutes those that hold for it */
export function alertDocument(found: Incident, notices: readonly NoticeOfIncident[], mutes: readonly StoredMute[]): DocumentOf<typeof ALERT> {
  return { alert: incidentOf(found), notices: notices.map(noticeOf), mutes: mutes.map(muteOf) }
}

/** The document of one that somebody looks after. */
export function acknowledgeDocument(found: Incident): DocumentOf<typeof ALERTS_ACKNOWLEDGE> {
  return { alert: incidentOf(found) }
}

/** The document of a mute. */
export function muteDocument(found: StoredMute): DocumentOf<typeof ALERTS_MUTE> {
  return { mute: muteOf(found) }
}
