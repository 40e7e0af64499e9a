import * as v from 'valibot'
import { ACT } from '../../documents/act.js'
import { ALERTS_QUERY, SERVICE_ALERT, SERVICE_ALERTS, serviceAlertDocument, serviceAlertsDocument } from '../../documents/service/alerts.js'
import { incidentById, listIncidents } from '../../features/alerts/list.js'
import { undeliveredAt } from '../../features/alerts/undelivered.js'
import { lastCheck } from '../../store/alerts/check.js'
import { mutesAt } from '../../store/alerts/mutes.js'
import { ACKNOWLEDGE, MUTE, readAction } from '../../routines/acting/request.js'
import { KEYED, PROBLEMS, take, TAKEN_ON } from '../framework/acting.js'
import { AFTER_ID, pageOf, readCursor } from '../framework/cursor.js'
import { defineRoute } from '../framework/route.js'

const FIELDS = ['alert_id', 'kind', 'severity', 'summary', 'dataset', 'asset', 'interval', 'provider', 'lag_minutes', 'opened_at', 'acknowledged_at', 'cleared_at'] as const
const ID = v.strictObject({ id: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER)) })

export const alerts = defineRoute({
  method: 'GET', path: '/alerts', tag: 'alerts',
  summary: 'What is wrong and what was, the latest first',
  description: 'As it was when `ohlcv monitor` last looked (`checked_at`). News (severity `info`) is told once and never open for long.',
  query: ALERTS_QUERY,
  document: SERVICE_ALERTS,
  csv: ({ alerts: told }) => [[...FIELDS], ...told.map((alert) => FIELDS.map((field) => alert[field]))],
  async answer({ query: { state = null, kind = null, severity = null, asset = null, dataset = null, provider = null, limit, cursor } }, { pool, now }) {
    const [before = null] = readCursor(AFTER_ID, cursor) ?? []
    const [check, undelivered, page] = await Promise.all([
      lastCheck(pool), undeliveredAt(pool, now()), listIncidents(pool, { state, kind, severity, dataset, symbol: asset, provider }, { before, limit: limit + 1 }),
    ])
    const { rows, next } = pageOf(page, limit, ({ alertId }) => [alertId])
    return serviceAlertsDocument(check?.checkedAt ?? null, undelivered, rows, next)
  },
})

export const oneAlert = defineRoute({
  method: 'GET', path: '/alerts/{id}', tag: 'alerts',
  summary: 'One alert: what is wrong, since when, what to do, and who was told',
  description: 'Who looks after it and what they said is told to administrators only.',
  params: ID,
  example: { params: { id: 1 } },
  problems: { 404: 'There is no such alert' },
  document: SERVICE_ALERT,
  async answer({ params: { id }, who }, { pool, now }) {
    const [{ notices, ...found }, mutes] = await Promise.all([incidentById(pool, id), mutesAt(pool, now())])
    return serviceAlertDocument(found, notices, mutes, now(), who.access === 'admin')
  },
})

export const testAlerts = defineRoute({
  method: 'POST', path: '/alerts/test', tag: 'alerts', access: 'admin', status: 202,
  summary: 'Send a test through every channel that is set up',
  description: `As \`ohlcv alerts test\` does; the action ends well where each took it. ${TAKEN_ON}`,
  headers: KEYED,
  problems: PROBLEMS,
  document: ACT,
  answer: (asked, site) => take({ action: 'test_alerts', request: {} }, asked, site),
})

export const acknowledgeAlert = defineRoute({
  method: 'POST', path: '/alerts/{id}/acknowledge', tag: 'alerts', access: 'admin', status: 202,
  summary: 'Say that somebody looks after an open alert: nobody is reminded of it',
  description: `In the name of the token, with a \`note\` of what is done about it. ${TAKEN_ON}`,
  params: ID,
  body: v.strictObject(v.omit(ACKNOWLEDGE, ['alert']).entries),
  headers: KEYED,
  example: { params: { id: 1 }, body: { note: 'asked the vendor' } },
  problems: { ...PROBLEMS, 404: 'There is no such alert' },
  document: ACT,
  async answer(asked, site) {
    await incidentById(site.pool, asked.params.id)
    return take(readAction({ action: 'acknowledge', request: { ...asked.body, alert: asked.params.id } }), asked, site)
  },
})

export const muteAlert = defineRoute({
  method: 'POST', path: '/alerts/{id}/mute', tag: 'alerts', access: 'admin', status: 202,
  summary: 'Have nobody be told of an alert until an instant',
  description: `It is looked for all the same, and told then if it is still there. ${TAKEN_ON}`,
  params: ID,
  body: v.strictObject(v.omit(MUTE, ['alert']).entries),
  headers: KEYED,
  example: { params: { id: 1 }, body: { until: '2126-01-01T00:00:00.000Z' } },
  problems: { ...PROBLEMS, 404: 'There is no such alert' },
  document: ACT,
  async answer(asked, site) {
    await incidentById(site.pool, asked.params.id)
    return take(readAction({ action: 'mute', request: { ...asked.body, alert: asked.params.id } }), asked, site)
  },
})
