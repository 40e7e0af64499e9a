import type { Metrics } from '../domain/metric.js'

/** The kind of text that Prometheus reads, for a header. */
export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/** Metrics as Prometheus reads them, each with its help and type; those without a value are left out. */
export async function prometheusText({ metrics }: Metrics): Promise<string> {
  // Loaded when first needed: a service that nobody scrapes does without.
  const { Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  for (const { name, type, help, labels: labelNames, samples } of metrics) {
    if (samples.length === 0) continue
    // They are as the ledger has them now and were never counted here: so each answer has a registry of its own.
    const metric = new (type === 'counter' ? Counter : Gauge)({ name, help, labelNames: [...labelNames], registers: [registry] })
    for (const { value, labels } of samples) metric.inc(Object.fromEntries(labelNames.map((label, index) => [label, labels[index]!])), value)
  }
  return registry.metrics()
}
