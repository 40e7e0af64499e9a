import type { Metric } from '../../domain/metric.js'
import { ALERTS } from './families/alerts.js'
import { DATES } from './families/dates.js'
import { FILES } from './families/files.js'
import { PROGRAM } from './families/program.js'
import { PROVIDERS } from './families/providers.js'
import { QUALITY } from './families/quality.js'
import { RUNS } from './families/runs.js'
import { measured, type Family } from './family.js'
import type { Figures } from './figures.js'

/** Every metric there is, in the order in which they are told. */
export const FAMILIES: readonly Family[] = [...PROGRAM, ...DATES, ...FILES, ...RUNS, ...QUALITY, ...PROVIDERS, ...ALERTS]

/** The metrics of figures; those without a value now are among them, for they are known. */
export function metricsOf(figures: Figures): Metric[] {
  return FAMILIES.map((family) => measured(family, figures))
}
