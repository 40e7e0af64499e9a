import * as v from 'valibot'
import { defineDocument } from './document.js'
import { count } from './fields.js'

/** The answer to a statement. Whole numbers that JSON readers keep exactly, booleans and JSON are what they are; every other value is PostgreSQL's text. */
export const SQL = defineDocument('ohlcv.sql/1', v.strictObject({
  /** As the server says: `SELECT`, `UPDATE`; null where it was stopped at the limit. */
  command: v.nullable(v.string()),
  columns: v.array(v.string()),
  /** Whether there were more rows than the limit. */
  truncated: v.boolean(),
  /** Rows returned or, where the statement returns none, touched; null where neither makes sense. */
  row_count: v.nullable(count),
  rows: v.array(v.array(v.unknown())),
}))
