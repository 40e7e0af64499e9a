import type { Dataset } from './dataset.js'
import { DAY_AGGS } from './day.js'
import { MINUTE_AGGS } from './minute.js'

/** Every kind of bar. */
export const DATASETS: readonly [Dataset, ...Dataset[]] = [DAY_AGGS, MINUTE_AGGS]

/** The tables of bars. */
export const BAR_TABLES = DATASETS.map(({ table }) => table)
