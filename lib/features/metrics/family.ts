import type { Metric, MetricName, Sample } from '../../domain/metric.js'
import type { Figures } from './figures.js'

/** A value and those of the labels; a value that there is none of is no sample. */
export type Row = readonly [value: number | null, ...labels: string[]]

/** A metric as data: what it is called and means, and how its values are read off the figures. */
export interface Family extends MetricName {
  rows: (figures: Figures) => readonly Row[]
}

/** A metric that goes up and down. */
export function gauge(name: string, help: string, labels: readonly string[], rows: Family['rows']): Family {
  return { name, type: 'gauge', help, labels, rows }
}

/** A metric that only grows, whatever is pruned. */
export function counter(name: string, help: string, labels: readonly string[], rows: Family['rows']): Family {
  return { name, type: 'counter', help, labels, rows }
}

function isSample(row: Row): row is readonly [number, ...string[]] {
  return row[0] !== null
}

/** A family with its values. */
export function measured({ rows, ...name }: Family, figures: Figures): Metric {
  return { ...name, samples: rows(figures).filter(isSample).map(([value, ...labels]): Sample => ({ value, labels })) }
}
