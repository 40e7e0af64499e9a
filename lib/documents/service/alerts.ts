import * as v from 'valibot'
import type { Incident } from '../../features/alerts/incident.js'
import { isMuted } from '../../features/alerts/mute.js'
import { ALERT_KINDS, SEVERITIES } from '../../features/alerts/trouble.js'
import type { Undeliverable } from '../../store/alerts/undeliverable.js'
import type { StoredMute } from '../../store/alerts/mutes.js'
import type { NoticeOfIncident } from '../../store/alerts/notices.js'
import { DELIVERY_STATES, deliveryState } from '../alerts.js'
import { defineDocument } from '../document.js'
import { count, id, instant, instantOrNull, instantText } from '../fields.js'
import { incidentDetails, incidentDetailsOf } from '../incident-details.js'
import { dataset } from '../ledger-fields.js'
import { assetAsked, wordAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'
import { alert, alertOf } from './parts.js'

/** What is asked of `/alerts`. */
export const ALERTS_QUERY = v.strictObject({
  state: v.optional(v.picklist(['open', 'cleared'])),
  kind: v.optional(v.picklist(ALERT_KINDS)),
  severity: v.optional(v.picklist(SEVERITIES)),
  asset: v.optional(assetAsked),
  dataset: v.optional(dataset),
  provider: v.optional(wordAsked),
  ...paging,
})

/** What a channel does not get through. */
export const undelivered = v.strictObject({
  channel: v.string(),
  notices: count,
  /** When the oldest of them was written. */
  since: instant,
  /** Why the last try failed, as docs/ERRORS.md lists it. */
  code: v.nullable(v.string()),
})

/** What was and is wrong, the latest first. */
export const SERVICE_ALERTS = defineDocument('ohlcv.service-alerts/1', v.strictObject({
  /** When it was last looked; null: never. */
  checked_at: v.nullable(instant),
  undelivered: v.array(undelivered),
  alerts: v.array(alert),
  next_cursor: nextCursor,
}))

/** One incident, with all that was told of it. Who looks after it, and what they said, only administrators are told. */
export const SERVICE_ALERT = defineDocument('ohlcv.service-alert/1', v.strictObject({
  alert,
  /** What to do about it. */
  hint: v.nullable(v.string()),
  details: incidentDetails,
  /** When it was last found. */
  seen_at: instant,
  /** Since when it is no longer found: it is cleared once that has lasted. */
  good_since: v.nullable(instant),
  /** How often it came back soon after it had been cleared. */
  flaps: count,
  /** Until when nobody is told of it. */
  muted_until: v.nullable(instant),
  acknowledged_by: v.nullable(v.string()),
  note: v.nullable(v.string()),
  /** What was told, the latest first, a line a channel; where no channel was set, `channel` and `state` are null. */
  told: v.array(v.strictObject({
    notice_id: id,
    event: v.string(),
    at: instant,
    channel: v.nullable(v.string()),
    state: v.nullable(v.picklist(DELIVERY_STATES)),
    tries: v.nullable(count),
    sent_at: v.nullable(instant),
    /** How the last try failed. */
    code: v.nullable(v.string()),
  })),
}))

/** What a channel does not get through, as it is told. */
export function undeliveredOf({ channel, notices, since, code }: Undeliverable): v.InferInput<typeof undelivered> {
  return { channel, notices, since: instantText(since), code }
}

function toldOf({ noticeId, event, createdAt, deliveries }: NoticeOfIncident): v.InferInput<typeof SERVICE_ALERT.fields>['told'] {
  const notice = { notice_id: noticeId, event, at: instantText(createdAt) }
  if (deliveries.length === 0) return [{ ...notice, channel: null, state: null, tries: null, sent_at: null, code: null }]
  return deliveries.map((delivery) => ({ ...notice, channel: delivery.channel, state: deliveryState(delivery), tries: delivery.tries, sent_at: instantOrNull(delivery.sentAt), code: delivery.code }))
}

/** An incident in a line. */
function lineOf(found: Incident): v.InferInput<typeof alert> {
  return alertOf({ ...found, lagMinutes: found.details.lagMinutes ?? null })
}

/** The document of a page of incidents. */
export function serviceAlertsDocument(checkedAt: Date | null, undeliverable: readonly Undeliverable[], incidents: readonly Incident[], next: string | null): v.InferInput<typeof SERVICE_ALERTS.fields> {
  return { checked_at: instantOrNull(checkedAt), undelivered: undeliverable.map(undeliveredOf), alerts: incidents.map(lineOf), next_cursor: next }
}

/** The latest instant until which one of the mutes holds for an incident. */
function mutedUntil(found: Incident, mutes: readonly StoredMute[], now: Date): Date | null {
  return mutes.filter((mute) => isMuted(found, [mute], now)).reduce<Date | null>((latest, { until }) => (latest === null || until > latest ? until : latest), null)
}

/** The document of one. @param isPrivate whether it is for who may know who looks after it */
export function serviceAlertDocument(found: Incident, notices: readonly NoticeOfIncident[], mutes: readonly StoredMute[], now: Date, isPrivate: boolean): v.InferInput<typeof SERVICE_ALERT.fields> {
  const { hint, details, seenAt, goodSince, flaps, acknowledgedBy, note } = found
  return {
    alert: lineOf(found), hint, details: incidentDetailsOf(details), seen_at: instantText(seenAt), good_since: instantOrNull(goodSince), flaps, muted_until: instantOrNull(mutedUntil(found, mutes, now)),
    acknowledged_by: isPrivate ? acknowledgedBy : null, note: isPrivate ? note : null, told: notices.toReversed().flatMap(toldOf),
  }
}
