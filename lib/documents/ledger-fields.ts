import * as v from 'valibot'
import { DATASETS } from '../datasets/datasets.js'
import { OUTCOMES } from '../domain/outcome.js'
import { REJECT_REASONS } from '../domain/reject.js'
import { count, id, instant } from './fields.js'

// The fields that documents about what was loaded have in common.

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
