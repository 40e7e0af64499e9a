import * as v from 'valibot'
import { DATASETS } from '../datasets/dataset.js'
import { OUTCOMES } from '../domain/outcome.js'
import { REJECT_REASONS } from '../domain/reject.js'

// The fields that documents have in common. A document is strict: it has all of its fields, and no other.

/** A calendar date, `2026-11-21`. */
export const date = v.pipe(v.string(), v.isoDate())
/** An instant in UTC, `2026-11-21T03:16:42.000Z`. */
export const instant = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
/** How many of something. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** A number by which the database knows something. */
export const id = v.pipe(v.number(), v.safeInteger())
/** An exact decimal as text: no digit is lost. */
export const decimal = v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/))
/** A share in percent. */
export const percent = v.pipe(v.number(), v.minValue(0))
export const dataset = v.picklist(DATASETS.map(({ name }) => name))
export const outcome = v.picklist(OUTCOMES)
/** How many dates ended how; outcomes that none had are left out. */
export const outcomes = v.record(outcome, count)
export const rejectReason = v.picklist(REJECT_REASONS)

/** What became of the rows of a file, or of many: read = staged + rejected + unknown + not selected + duplicates; staged = inserted + updated + unchanged. */
export const rowCounts = {
  read: count,
  staged: count,
  inserted: count,
  updated: count,
  unchanged: count,
  removed: count,
  rejected: count,
  unknown: count,
  not_selected: count,
  duplicates: count,
}

/** How an attempt at a date ended. */
export const attempt = {
  outcome,
  code: v.nullable(v.string()),
  message: v.nullable(v.string()),
  load_id: v.nullable(id),
  started_at: instant,
  finished_at: instant,
}

/** An instant as {@link instant} has it. */
export function instantText(at: Date): string {
  return at.toISOString()
}

/** The same where there may be none. */
export function instantOrNull(at: Date | null): string | null {
  return at && instantText(at)
}
