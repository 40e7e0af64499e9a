import type { BarTimes } from './times.js'

/** A kind of bar file. A new one is a file here, an entry in datasets.ts and a migration. */
export interface Dataset {
  /** As stored in the ledger, for instance `day_aggs`. */
  name: string
  /** As typed after `--dataset`. */
  flag: string
  /** The folder below the prefix that holds its files, for instance `day_aggs_v1`. */
  folder: string
  /** The table its bars live in; the functions `TABLE_checksum(date)` and `TABLE_ensure_partitions(date, date)` go with it. */
  table: string
  /** Length of a bar's window: a day, whose time is a date, or a minute, whose time is an instant. */
  window: 'day' | 'minute'
  /** IANA time zone whose days its dates are. */
  zone: string
  /** How its bars are found by date and key, as SQL. */
  times: BarTimes
  /** What one partition of its table holds. */
  partition: 'quarter' | 'month'
  /** The function (date) that has an index take in what is new on a date; null where the index does so by itself. Nothing but speed depends on it. */
  summarize: string | null
  /** The function (date) by which the owner drops what is older; null where bars are kept for good. */
  retention: string | null
  /** A number of its own for advisory locks, from 1. */
  lockNumber: number
}
