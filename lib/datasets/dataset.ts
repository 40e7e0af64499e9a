/** A kind of bar file. A new one is one more entry in {@link DATASETS}. */
export interface Dataset {
  /** As stored in the ledger, for instance `day_aggs`. */
  name: string
  /** As typed after `--dataset`. */
  flag: string
  /** The table its bars live in; `TABLE_checksum(date)`, `TABLE_ensure_partitions(date, date)` and, for minutes, `TABLE_summarize(date)` go with it. */
  table: string
  /** Length of a bar's window: a day, whose time is a date, or a minute, whose time is an instant. */
  window: 'day' | 'minute'
  /** IANA time zone whose days its dates are. */
  zone: string
  /** A number of its own for advisory locks. */
  lockNumber: number
}

export const DAY_AGGS: Dataset = {
  name: 'day_aggs',
  flag: 'day',
  table: 'ohlcv_daily',
  window: 'day',
  zone: 'America/New_York',
  lockNumber: 1,
}

export const MINUTE_AGGS: Dataset = {
  name: 'minute_aggs',
  flag: 'minute',
  table: 'ohlcv_minute',
  window: 'minute',
  zone: 'America/New_York',
  lockNumber: 2,
}

export const DATASETS: readonly Dataset[] = [DAY_AGGS, MINUTE_AGGS]

/** The tables of bars. */
export const BAR_TABLES: readonly [string, ...string[]] = [DAY_AGGS.table, ...DATASETS.filter((dataset) => dataset !== DAY_AGGS).map(({ table }) => table)]
