import { UsageError } from '../../domain/errors.js'
import { METRICS, metricsDocument } from '../../documents/metrics.js'
import { counted } from '../../documents/figures.js'
import type { Pushed } from '../../domain/metric.js'
import { prometheusText } from '../../exporters/prometheus.js'
import { defineCommand } from '../framework/command.js'
import { EXIT } from '../framework/exit.js'
import { pushMetrics, readMetrics } from '../framework/metrics.js'
import { NAMES } from '../framework/names.js'
import { writeWhole } from '../framework/write-whole.js'

function pushedText({ receiver, samples, error }: Pushed): string {
  return error === null ? `Pushed ${counted(samples, 'value')} to ${receiver}` : `Not pushed to ${receiver}: ${error.message}`
}

export const metrics = defineCommand({
  document: METRICS,
  ...NAMES.metrics,
  examples: [
    ['metrics', 'all of them, as the status service has them at /metrics'],
    ['metrics --prom /var/lib/prometheus/node-exporter/ohlcv.prom', 'for the textfile collector of node_exporter, on hosts without the status service'],
    ['metrics --push', 'to OTEL_EXPORTER_OTLP_ENDPOINT and OHLCV_STATSD, as far as these are set'],
  ],
  flags: {
    prom: { type: 'string', requiresArg: true, describe: 'write them into this file, the whole of it or nothing' },
    push: { type: 'boolean', describe: 'push them by OTLP and to DogStatsD; exit 3 when one of the two does not take them' },
  },
  settings: ['statsd', 'providers', 'watch', 'publishedAt', 'missingAfter'],
  async run({ prom, push }, context) {
    const found = await readMetrics(context)
    const text = await prometheusText(found)
    if (prom !== undefined) await writeWhole(prom, text)
    const pushed = push === true ? await pushMetrics(context, async () => found) : []
    if (push === true && pushed.length === 0) {
      throw new UsageError('METRICS_NO_RECEIVER', 'nobody is set that metrics could be pushed to', { hint: 'set OTEL_EXPORTER_OTLP_ENDPOINT, or OHLCV_STATSD' })
    }
    const told = [...(prom === undefined ? [] : [`Wrote ${prom}`]), ...pushed.map(pushedText)]
    return {
      exitCode: pushed.some(({ error }) => error !== null) ? EXIT.dateFailed : EXIT.ok,
      data: metricsDocument(found, prom ?? null, pushed),
      text: () => (told.length === 0 ? text.trimEnd() : told.join('\n')),
    }
  },
})
