/** A kind of bar file. A new one is one more entry in {@link DATASETS}. */
export interface Dataset {
  /** As stored in the ledger, for instance `day_aggs`. */
  name: string
  /** As typed after `--dataset`. */
  flag: string
  /** The folder below the prefix that holds its files, for instance `day_aggs_v1`. */
  folder: string
  /** The table its bars live in. */
  table: string
  /** A number of its own for advisory locks. */
  lockNumber: number
}

export const DAY_AGGS: Dataset = {
  name: 'day_aggs',
  flag: 'day',
  folder: 'day_aggs_v1',
  table: 'ohlcv_daily',
  lockNumber: 1,
}

export const DATASETS: readonly Dataset[] = [DAY_AGGS]
