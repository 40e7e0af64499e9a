import * as v from 'valibot'
import { REVISED_FIELDS, REVISION_CAUSES, type RevisedField, type Revision, type RevisionCount } from '../store/ledger/revisions.js'
import { defineDocument } from './document.js'
import { count, date, decimal, id, instant, instantOrNull, instantText } from './fields.js'

/** What became of a bar. */
export const REVISION_KINDS = ['added', 'changed', 'removed'] as const

/** Who did it; null for what was no load. */
const origin = {
  cause: v.picklist(REVISION_CAUSES),
  load_id: v.nullable(id),
  object_key: v.nullable(v.string()),
  revised_at: instant,
}

/** The values of a bar; all null on the side where there was none. */
const value = v.nullable(decimal)
export const revisedValues = { open: value, high: value, low: value, close: value, volume: value, transactions: value } satisfies Record<RevisedField, unknown>

/** `ohlcv revisions`: bars that changed after they were first loaded. */
export const REVISIONS = defineDocument('ohlcv.revisions/1', v.strictObject({
  /** By date, cause and load, the latest date first. */
  summary: v.array(v.strictObject({
    date, ...origin, added: count, changed: count, removed: count,
    /** How many of the old bars were fills. */
    fills: count,
  })),
  revisions: v.array(v.strictObject({
    revision_id: id,
    date,
    /** Start of the minute; null for daily bars. */
    time: v.nullable(instant),
    symbol_id: id,
    /** What the security was called on the date. */
    symbol: v.nullable(v.string()),
    ...origin,
    kind: v.picklist(REVISION_KINDS),
    /** The fields that differ. */
    changed: v.array(v.picklist(REVISED_FIELDS)),
    /** filled_by: the provider of a fill, null for a bar of a file. */
    old: v.strictObject({ ...revisedValues, filled_by: v.nullable(v.string()) }),
    new: v.strictObject(revisedValues),
  })),
}))

/** A bar without old values came back, one without new values went. */
export function kindOf(revision: Revision): (typeof REVISION_KINDS)[number] {
  if (revision.old.close === null) return 'added'
  return revision.new.close === null ? 'removed' : 'changed'
}

/** The fields of a bar that a revision changed. */
export function changedFields(revision: Revision): RevisedField[] {
  return REVISED_FIELDS.filter((field) => revision.old[field] !== revision.new[field])
}

function revisionOf(revision: Revision): v.InferInput<typeof REVISIONS.fields>['revisions'][number] {
  const { revisionId, date, time, symbolId, symbol, cause, loadId, objectKey, revisedAt } = revision
  return {
    revision_id: revisionId, date, time: instantOrNull(time), symbol_id: symbolId, symbol, cause, kind: kindOf(revision), changed: changedFields(revision),
    old: { ...revision.old, filled_by: revision.oldFilledBy }, new: revision.new, load_id: loadId, object_key: objectKey, revised_at: instantText(revisedAt),
  }
}

/** The document of changed bars. */
export function revisionsDocument(counts: readonly RevisionCount[], revisions: readonly Revision[]): v.InferInput<typeof REVISIONS.fields> {
  return {
    summary: counts.map(({ loadId, objectKey, revisedAt, ...counted }) => ({ ...counted, load_id: loadId, object_key: objectKey, revised_at: instantText(revisedAt) })),
    revisions: revisions.map(revisionOf),
  }
}
