import type { GaugeMetricData, MetricData, SumMetricData } from '@opentelemetry/sdk-metrics'
import { OhlcvError } from '../domain/errors.js'
import type { Metric } from '../domain/metric.js'
import { VERSION } from '../domain/version.js'
import type { Exporter } from './exporter.js'

type HrTime = [seconds: number, nanoseconds: number]

const hrTime = (at: Date): HrTime => [Math.floor(at.getTime() / 1000), (at.getTime() % 1000) * 1_000_000]

/** Units as OTLP writes them, by how a name ends. */
const UNITS: readonly [ending: RegExp, unit: string][] = [[/_seconds$/, 's'], [/_bytes(_total)?$/, 'By'], [/_(ratio|info)$/, '1']]

const unitOf = (name: string): string => UNITS.find(([ending]) => ending.test(name))?.[1] ?? ''

/** Where OTLP goes by the variables that all programs take it from; null: nowhere. */
export function otlpUrl(env: Readonly<Partial<Record<string, string>>>): string | null {
  const { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: exact, OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_SDK_DISABLED: disabled } = env
  if (disabled?.toLowerCase() === 'true') return null
  if (exact) return exact
  return base ? `${base.replace(/\/$/, '')}/v1/metrics` : null
}

const notTaken = (why: string, cause?: unknown): OhlcvError =>
  new OhlcvError('METRICS_NOT_TAKEN', `the receiver of OTLP did not take the metrics: ${why}`, { cause, hint: 'see whether it runs where OTEL_EXPORTER_OTLP_ENDPOINT says, and takes JSON over HTTP' })

/** Why an export failed, in words without the address. */
function reasonOf(error: Error | undefined): string {
  const code = error && 'code' in error ? error.code : undefined
  return typeof code === 'number' ? `it answered with HTTP ${code}` : typeof code === 'string' ? `it could not be reached: ${code}` : 'it did not answer in time'
}

/**
 * Sends metrics by OTLP over HTTP, in JSON. Counters begin when the database was made and not when a process did: else each of the processes that push, one after the other, would have
 * begun to count anew, and what it says be added to what there is. Headers, the time that it may take and what the resource is called come from the variables of OpenTelemetry.
 */
export function otlpExporter(url: string): Exporter {
  return {
    receiver: 'otlp',
    async push({ at, since, metrics }) {
      if (!/^https?:/.test(url) || !URL.canParse(url)) throw notTaken('what is set is no address that begins with http:// or https://')
      // Loaded when first needed: together they take longer than most commands.
      const [{ OTLPMetricExporter }, { AggregationTemporality, DataPointType }, { defaultResource, detectResources, envDetector, resourceFromAttributes }] = await Promise.all([
        import('@opentelemetry/exporter-metrics-otlp-http'), import('@opentelemetry/sdk-metrics'), import('@opentelemetry/resources'),
      ])
      const [startTime, endTime] = [hrTime(since), hrTime(at)]
      const dataOf = ({ name, type, help: description, labels, samples }: Metric): MetricData => {
        const data = {
          descriptor: { name, description, unit: unitOf(name), valueType: 1 }, aggregationTemporality: AggregationTemporality.CUMULATIVE,
          dataPoints: samples.map(({ value, labels: values }) => ({ startTime, endTime, value, attributes: Object.fromEntries(labels.map((label, index) => [label, values[index]!])) })),
        }
        return type === 'counter' ? { ...data, dataPointType: DataPointType.SUM, isMonotonic: true } satisfies SumMetricData : { ...data, dataPointType: DataPointType.GAUGE } satisfies GaugeMetricData
      }
      const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': 'ohlcv', 'service.version': VERSION })).merge(detectResources({ detectors: [envDetector] }))
      const exporter = new OTLPMetricExporter({ url })
      try {
        const scopeMetrics = [{ scope: { name: 'ohlcv', version: VERSION }, metrics: metrics.filter(({ samples }) => samples.length > 0).map(dataOf) }]
        const { code, error } = await new Promise<{ code: number; error?: Error }>((resolve) => exporter.export({ resource, scopeMetrics }, resolve))
        if (code !== 0) throw notTaken(reasonOf(error), error)
      } finally {
        await exporter.shutdown()
      }
    },
  }
}
