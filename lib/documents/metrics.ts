import * as v from 'valibot'
import { RECEIVERS, type Metrics, type Pushed } from '../domain/metric.js'
import { defineDocument } from './document.js'
import { count, instant, instantText } from './fields.js'

/** `ohlcv metrics`: all metrics with their values, and where they went. */
export const METRICS = defineDocument('ohlcv.metrics/1', v.strictObject({
  /** When they were read from the ledger, and since when counters count. */
  at: instant,
  since: instant,
  metrics: v.array(v.strictObject({
    name: v.string(),
    type: v.picklist(['counter', 'gauge']),
    help: v.string(),
    samples: v.array(v.strictObject({ labels: v.record(v.string(), v.string()), value: v.number() })),
  })),
  /** The file they were written to. */
  file: v.nullable(v.string()),
  /** Who they were pushed to. */
  pushed: v.array(v.strictObject({
    receiver: v.picklist(RECEIVERS),
    samples: count,
    error: v.nullable(v.strictObject({ code: v.string(), message: v.string() })),
  })),
}))

type Fields = v.InferInput<typeof METRICS.fields>

/** The document of metrics. */
export function metricsDocument({ at, since, metrics }: Metrics, file: string | null, pushed: readonly Pushed[]): Fields {
  return {
    at: instantText(at), since: instantText(since), file, pushed: [...pushed],
    metrics: metrics.map(({ name, type, help, labels, samples }) => ({
      name, type, help, samples: samples.map(({ value, labels: values }) => ({ value, labels: Object.fromEntries(labels.map((label, index) => [label, values[index]!])) })),
    })),
  }
}
