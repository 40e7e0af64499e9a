import * as v from 'valibot'
import { REVISED_FIELDS, REVISION_CAUSES, type Revision } from '../../store/ledger/revisions.js'
import { defineDocument } from '../document.js'
import { date, id, instant, instantOrNull, instantText } from '../fields.js'
import { changedFields, kindOf, REVISION_KINDS, revisedValues } from '../revisions.js'
import { assetAsked, fileInterval, windowAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'

/** What is asked of `/revisions`. */
export const REVISIONS_QUERY = v.strictObject({ asset: v.optional(assetAsked), interval: fileInterval, ...windowAsked, cause: v.optional(v.picklist(REVISION_CAUSES)), ...paging })

/** Bars that changed after they were first loaded, the latest change first. */
export const SERVICE_REVISIONS = defineDocument('ohlcv.service-revisions/1', v.strictObject({
  revisions: v.array(v.strictObject({
    revision_id: id,
    date,
    /** Start of the minute; null for daily bars. */
    time: v.nullable(instant),
    /** What the security was called on the date. */
    asset: v.nullable(v.string()),
    symbol_id: id,
    /** Another version of the vendor's file, a change made behind the loader's back that was repaired, or another security named by the symbol. */
    cause: v.picklist(REVISION_CAUSES),
    kind: v.picklist(REVISION_KINDS),
    /** The fields that differ. */
    changed: v.array(v.picklist(REVISED_FIELDS)),
    /** Null where there was no bar; `filled_by`: the provider of a fill. */
    old: v.strictObject({ ...revisedValues, filled_by: v.nullable(v.string()) }),
    new: v.strictObject(revisedValues),
    load_id: v.nullable(id),
    revised_at: instant,
  })),
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof SERVICE_REVISIONS.fields>

function revisionOf(revision: Revision): Fields['revisions'][number] {
  const { revisionId, date: on, time, symbol, symbolId, cause, loadId, revisedAt } = revision
  return {
    revision_id: revisionId, date: on, time: instantOrNull(time), asset: symbol, symbol_id: symbolId, cause, kind: kindOf(revision), changed: changedFields(revision),
    old: { ...revision.old, filled_by: revision.oldFilledBy }, new: revision.new, load_id: loadId, revised_at: instantText(revisedAt),
  }
}

/** The document of changed bars. */
export function serviceRevisionsDocument(revisions: readonly Revision[], next: string | null): Fields {
  return { revisions: revisions.map(revisionOf), next_cursor: next }
}
