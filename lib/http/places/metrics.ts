import { PROMETHEUS_TEXT, prometheusText } from '../../exporters/prometheus.js'
import { metrics as metricsNow } from '../../routines/metrics/metrics.js'
import type { Place } from '../framework/route.js'

export const metrics: Place = {
  path: '/metrics',
  summary: 'Metrics of all there is, from the ledger, as Prometheus reads them',
  freshness: 'soon',
  async answer(_, { pool, calendar, publication, now, providerLimits, watch }) {
    const found = await metricsNow(pool, { calendar: await calendar(), publication, now: now(), limits: await providerLimits(), watch })
    return { type: PROMETHEUS_TEXT, body: await prometheusText(found) }
  },
}
