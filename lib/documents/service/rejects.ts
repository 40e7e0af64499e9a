import * as v from 'valibot'
import type { RejectedRow } from '../../store/ledger/rejects.js'
import { defineDocument } from '../document.js'
import { count, date, id } from '../fields.js'
import { rejectReason } from '../ledger-fields.js'
import { assetAsked, fileInterval, windowAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'

/** What is asked of `/rejects`: `asset` is the symbol as the row has it, which need not name a security. */
export const REJECTS_QUERY = v.strictObject({ asset: v.optional(assetAsked), interval: fileInterval, ...windowAsked, reason: v.optional(rejectReason), ...paging })

/** Rows of day files that were kept out, of the versions that the dates stand at; the latest date first, by line. The rows themselves, which may be anything, are not told. */
export const SERVICE_REJECTS = defineDocument('ohlcv.service-rejects/1', v.strictObject({
  rejects: v.array(v.strictObject({
    date,
    line: count,
    reason: rejectReason,
    /** The column at fault, where one is. */
    field: v.nullable(v.string()),
    /** The symbol of the row, where it has one that can be read. */
    asset: v.nullable(v.string()),
    load_id: id,
  })),
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof SERVICE_REJECTS.fields>

/** The document of rejected rows. */
export function serviceRejectsDocument(rows: readonly RejectedRow[], next: string | null): Fields {
  return { rejects: rows.map(({ date: on, line, reason, field, symbol, loadId }) => ({ date: on, line, reason, field, asset: symbol, load_id: loadId })), next_cursor: next }
}
