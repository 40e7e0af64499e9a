import type { Dataset } from '../../datasets/dataset.js'

// The sums by which a date's bars are told from others, as SQL. They are additive: the bars of a date in any order, and those
// of a bar that moves, are added and subtracted. See the functions ohlcv_bar_hash and TABLE_checksum of the schema.

/** How many bars, and what they add up to; sums as exact text. */
export interface BarSums {
  rowCount: number
  hashSum: string
  rehashSum: string
}

/** The hash of one bar; `row` is the alias of a row with a bar's columns, `symbolId` what it is to be hashed as. */
export function barHash({ times }: Dataset, row: string, symbolId = `${row}.symbol_id`): string {
  return `ohlcv_bar_hash(${times.seed(`${row}.time`)}, ${symbolId}, ${row}.open, ${row}.high, ${row}.low, ${row}.close, ${row}.volume, ${row}.transactions)`
}

/** What the bars of a query add up to. OFFSET 0 has each bar hashed once. */
export function sumsOf(dataset: Dataset, row: string, from: string): string {
  return `
    select count(*) as "rowCount", coalesce(sum(hash), 0)::text as "hashSum", coalesce(sum(hashint8extended(hash, 1)), 0)::text as "rehashSum"
    from (select ${barHash(dataset, row)} as hash from ${from} offset 0) hashed`
}

/** Whether two lots of bars are the same, as far as their sums tell. */
export function sameSums(a: BarSums, b: BarSums): boolean {
  return a.rowCount === b.rowCount && a.hashSum === b.hashSum && a.rehashSum === b.rehashSum
}
