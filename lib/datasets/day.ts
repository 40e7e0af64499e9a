import type { Dataset } from './dataset.js'
import { DATES } from './times.js'

/** Daily bars: the one authoritative table. */
export const DAY_AGGS: Dataset = {
  name: 'day_aggs',
  flag: 'day',
  folder: 'day_aggs_v1',
  table: 'ohlcv_daily',
  window: 'day',
  zone: 'America/New_York',
  times: DATES,
  partition: 'quarter',
  summarize: null,
  retention: null,
  lockNumber: 1,
}
