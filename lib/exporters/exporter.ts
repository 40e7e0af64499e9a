import type { Metrics, ReceiverName } from '../domain/metric.js'

/** Sends metrics to one receiver. */
export interface Exporter {
  receiver: ReceiverName
  /** Sends all of them. @throws OhlcvError METRICS_NOT_TAKEN, without address or secret */
  push: (metrics: Metrics) => Promise<void>
}
