import type { Dataset } from './dataset.js'
import { instantsIn } from './times.js'

const ZONE = 'America/New_York'

/** Minute bars, extended hours included: about 2 million a date. */
export const MINUTE_AGGS: Dataset = {
  name: 'minute_aggs',
  flag: 'minute',
  folder: 'minute_aggs_v1',
  table: 'ohlcv_minute',
  window: 'minute',
  zone: ZONE,
  times: instantsIn(ZONE),
  partition: 'month',
  summarize: 'ohlcv_minute_summarize',
  retention: 'ohlcv_minute_drop_before',
  lockNumber: 2,
}
