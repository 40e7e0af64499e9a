import { OhlcvError } from '../domain/errors.js'
import type { Exporter } from './exporter.js'

/** What every name begins with here and there: `ohlcv_jobs` is `ohlcv.jobs` there. */
const [PREFIX, DOTTED] = ['ohlcv_', 'ohlcv.']

/**
 * Sends metrics to DogStatsD, by UDP: nobody says whether they arrived. Counters go as gauges as well: what StatsD counts is what came since it was told last, and that the ledger does not know.
 * @param address host:port
 */
export function dogstatsdExporter(address: string): Exporter {
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(address)!
  return {
    receiver: 'dogstatsd',
    async push({ metrics }) {
      // Loaded when first needed.
      const { StatsD } = await import('hot-shots')
      let failure: Error | undefined
      const fail = (error?: Error): void => void (failure ??= error)
      const client = new StatsD({ host: host!, port: Number(port), prefix: DOTTED, maxBufferSize: 1432, includeDatadogTelemetry: false, errorHandler: fail })
      for (const { name, labels, samples } of metrics) {
        for (const { value, labels: values } of samples) client.gauge(name.slice(PREFIX.length), value, Object.fromEntries(labels.map((label, index) => [label, values[index]!])))
      }
      await new Promise<void>((resolve) => client.close((error) => {
        fail(error)
        resolve()
      }))
      if (failure) throw new OhlcvError('METRICS_NOT_TAKEN', `the metrics could not be sent to DogStatsD: ${(failure as NodeJS.ErrnoException).code ?? 'the socket failed'}`, { cause: failure, hint: 'see whether OHLCV_STATSD names a host and port' })
    },
  }
}
