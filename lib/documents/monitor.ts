import * as v from 'valibot'
import { CHANGE_STEPS } from '../features/alerts/change.js'
import { CHANNEL_NAMES } from '../features/alerts/channel.js'
import { NOTICE_EVENTS } from '../features/alerts/notice.js'
import { SEVERITIES } from '../features/alerts/trouble.js'
import type { MonitorResult } from '../routines/monitor/monitor.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, id, instant, instantOrNull, instantText } from './fields.js'
import { interval } from './service/parts.js'

const about = { dataset: v.nullable(v.string()), symbol: v.nullable(v.string()), timespan: v.nullable(interval), provider: v.nullable(v.string()) }

/** `ohlcv monitor`: what was found at one look, what came of it, and what was sent. */
export const MONITOR = defineDocument('ohlcv.monitor/1', v.strictObject({
  looked_at: instant,
  milliseconds: count,
  /** By which channels people can be told. */
  channels: v.array(v.picklist(CHANNEL_NAMES)),
  /** Everything that is wrong now, or is news. */
  troubles: v.array(v.strictObject({ kind: v.string(), severity: v.picklist(SEVERITIES), summary: v.string(), hint: v.string(), ...about })),
  /** Incidents that this look touched: `opened`, `found` again, `reopened`, `gone` (good for now), `cleared`. */
  alerts: v.array(v.strictObject({ alert_id: id, step: v.picklist(CHANGE_STEPS), kind: v.string(), severity: v.picklist(SEVERITIES), summary: v.string(), ...about, opened_at: instant, cleared_at: v.nullable(instant) })),
  /** What was written down to be told. */
  notices: v.array(v.strictObject({ notice_id: id, event: v.picklist(NOTICE_EVENTS), alerts: v.array(id) })),
  /** What was sent, or tried, also of what was written down before. */
  delivered: v.array(v.strictObject({
    notice_id: id, event: v.picklist(NOTICE_EVENTS), channel: v.picklist(CHANNEL_NAMES), state: v.picklist(['sent', 'failed', 'given_up']),
    /** How the other side took it. */
    answer: v.nullable(v.string()),
    code: v.nullable(v.string()),
    next_try_at: v.nullable(instant),
  })),
}))

/** The document of a look. */
export function monitorDocument({ at, milliseconds, troubles, incidents, notices, delivered }: MonitorResult, channels: DocumentOf<typeof MONITOR>['channels']): DocumentOf<typeof MONITOR> {
  return {
    looked_at: instantText(at), milliseconds, channels,
    troubles: troubles.map(({ kind, severity, summary, hint, dataset, symbol, timespan, provider }) => ({ kind, severity, summary, hint, dataset, symbol, timespan, provider })),
    alerts: incidents.map(({ step, incident: { alertId, kind, severity, summary, dataset, symbol, timespan, provider, openedAt, clearedAt } }) => ({
      alert_id: alertId, step, kind, severity, summary, dataset, symbol, timespan, provider, opened_at: instantText(openedAt), cleared_at: instantOrNull(clearedAt),
    })),
    notices: notices.map(({ noticeId, event, incidents: of }) => ({ notice_id: noticeId, event, alerts: of.map(({ alertId }) => alertId) })),
    delivered: delivered.map(({ noticeId, event, channel, state, answer, code, nextTryAt }) => ({ notice_id: noticeId, event, channel, state, answer, code, next_try_at: instantOrNull(nextTryAt) })),
  }
}
