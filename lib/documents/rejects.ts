import * as v from 'valibot'
import type { RejectCount, RejectedRow } from '../store/ledger/rejects.js'
import { utf8 } from '../domain/utf8.js'
import { defineDocument } from './document.js'
import { count, date, id } from './fields.js'
import { rejectReason } from './ledger-fields.js'

/** `ohlcv rejects`: rows kept out of the table. */
export const REJECTS = defineDocument('ohlcv.rejects/1', v.strictObject({
  /** By date and reason, the latest date first; `example` is one of the symbols. */
  counts: v.array(v.strictObject({ date, reason: rejectReason, rows: count, example: v.nullable(v.string()) })),
  /** The rows themselves, as far as asked for. */
  rows: v.nullable(v.array(v.strictObject({
    date,
    line: count,
    reason: rejectReason,
    /** The column at fault, where one is. */
    field: v.nullable(v.string()),
    symbol: v.nullable(v.string()),
    /** The row as it came; null where that is no UTF-8. */
    raw: v.nullable(v.string()),
    raw_base64: v.pipe(v.string(), v.base64()),
    load_id: id,
  }))),
}))

/** The document of rejected rows: counts, and the rows where they were asked for. */
export function rejectsDocument(counts: readonly RejectCount[], rows: readonly RejectedRow[] | null): v.InferInput<typeof REJECTS.fields> {
  return {
    counts: [...counts],
    rows: rows && rows.map(({ date, line, reason, field, symbol, raw, loadId }) =>
      ({ date, line, reason, field, symbol, raw: utf8(raw), raw_base64: raw.toString('base64'), load_id: loadId })),
  }
}
