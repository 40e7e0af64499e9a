import { OhlcvError } from '../domain/errors.js'
import type { Metrics, Pushed } from '../domain/metric.js'
import { dogstatsdExporter } from './dogstatsd.js'
import type { Exporter } from './exporter.js'
import { otlpExporter, otlpUrl } from './otlp.js'

/** Who metrics are pushed to. @param statsd host:port of DogStatsD; undefined: it gets none */
export function exportersOf(env: Readonly<Partial<Record<string, string>>>, statsd: string | undefined): Exporter[] {
  const url = otlpUrl(env)
  return [...(url === null ? [] : [otlpExporter(url)]), ...(statsd === undefined ? [] : [dogstatsdExporter(statsd)])]
}

/** Pushes metrics to each of the receivers; one that does not take them keeps nothing from the others. */
export async function pushTo(exporters: readonly Exporter[], metrics: Metrics): Promise<Pushed[]> {
  const samples = metrics.metrics.reduce((sum, metric) => sum + metric.samples.length, 0)
  return Promise.all(exporters.map(async ({ receiver, push }) => {
    try {
      await push(metrics)
      return { receiver, samples, error: null }
    } catch (error) {
      if (!(error instanceof OhlcvError)) throw error
      return { receiver, samples, error: { code: error.code, message: error.message } }
    }
  }))
}
