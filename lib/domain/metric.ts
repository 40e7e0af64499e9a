/** What a metric is called and means. Its labels have few values each: no symbol, date, host or address is one. */
export interface MetricName {
  /** By the conventions of Prometheus: base units, and `_total` for what only grows. What is counted over the last 30 days has `30d` in it. */
  name: string
  type: 'counter' | 'gauge'
  help: string
  labels: readonly string[]
}

/** A value of a metric, and those of its labels in their order. */
export interface Sample {
  value: number
  labels: readonly string[]
}

/** A metric with its values. */
export interface Metric extends MetricName {
  samples: readonly Sample[]
}

/** Metrics as they were at one instant. */
export interface Metrics {
  at: Date
  /** Since when counters count. */
  since: Date
  metrics: readonly Metric[]
}

/** Who metrics can be pushed to. */
export const RECEIVERS = ['otlp', 'dogstatsd'] as const
export type ReceiverName = (typeof RECEIVERS)[number]

/** What became of a push. */
export interface Pushed {
  receiver: ReceiverName
  samples: number
  /** Null: they were taken, as far as the receiver says so. */
  error: { code: string; message: string } | null
}
