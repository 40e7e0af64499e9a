import * as v from 'valibot'
import { defineDocument } from './document.js'
import { count, date, id, instant } from './fields.js'

/** What an identity change did to stored bars, or would have done. */
const identityChange = {
  identity_changes: count,
  /** Of files. */
  bars_moved: count,
  bars_removed: count,
  /** Of providers: fills, hours, weeks and months. */
  fetched_moved: count,
  fetched_removed: count,
  dates_touched: count,
  dates_stale: count,
  /** Why only `--accept` would do it; what is refused so is only told by a dry run. */
  refusal: v.nullable(v.strictObject({ code: v.string(), message: v.string() })),
}

export type IdentityChangeData = v.InferInput<v.StrictObjectSchema<typeof identityChange, undefined>>

export const UNIVERSE_IMPORT = defineDocument('ohlcv.universe.import/1', v.strictObject({
  file: v.string(),
  dry_run: v.boolean(),
  rows: count,
  added: count,
  updated: count,
  unchanged: count,
  skipped_test_issues: count,
  skipped_former_symbols: v.array(v.string()),
  corrected_facts: v.array(id),
  ...identityChange,
}))

const rename = { old_symbol: v.string(), new_symbol: v.string(), on: date, reused: v.boolean(), dry_run: v.boolean() }
/** The first date from which another security is taken to have had the old symbol. */
const otherSecurity = { other_security_from: v.nullable(date) }

/** A rename that was known already changes nothing. */
export const UNIVERSE_RENAME = defineDocument('ohlcv.universe.rename/1', v.variant('changed', [
  v.strictObject({ ...rename, changed: v.literal(true), ...otherSecurity, ...identityChange }),
  v.strictObject({ ...rename, changed: v.literal(false), ...otherSecurity }),
]))

export const UNIVERSE_RETRACT = defineDocument('ohlcv.universe.retract/1', v.strictObject({ facts: v.array(id), dry_run: v.boolean(), ...identityChange }))

export const UNIVERSE_DISCOVER = defineDocument('ohlcv.universe.discover/1', v.strictObject({
  source: v.string(),
  start: date,
  end: date,
  files: count,
  rows: count,
  unusable_rows: count,
  added: count,
  not_on_date: v.array(v.strictObject({ symbol: v.string(), date })),
  unreadable: v.array(v.strictObject({ date, key: v.string(), code: v.string(), message: v.string() })),
  ...identityChange,
}))

/** The dates of a symbol, the last one inclusive; null is without bound. */
const validity = { valid_from: v.nullable(date), valid_to: v.nullable(date) }

export const UNIVERSE_LIST = defineDocument('ohlcv.universe.list/1', v.strictObject({
  total: count,
  securities: v.array(v.strictObject({
    symbol_id: id,
    symbol: v.string(),
    name: v.nullable(v.string()),
    type: v.nullable(v.string()),
    exchange: v.nullable(v.string()),
    active: v.boolean(),
    sector: v.nullable(v.string()),
    industry: v.nullable(v.string()),
    issuer: v.nullable(v.string()),
    underlying_index: v.nullable(v.string()),
    ...validity,
    assumed: v.boolean(),
    /** How many symbols it has had. */
    symbols: count,
  })),
}))

export const UNIVERSE_HISTORY = defineDocument('ohlcv.universe.history/1', v.strictObject({
  symbol: v.string(),
  securities: v.array(v.strictObject({
    symbol_id: id,
    name: v.nullable(v.string()),
    symbols: v.array(v.strictObject({ symbol: v.string(), ...validity, assumed: v.boolean() })),
  })),
  facts: v.array(v.strictObject({
    fact_id: id,
    kind: v.picklist(['known', 'listed', 'renamed']),
    symbol: v.string(),
    new_symbol: v.nullable(v.string()),
    ...validity,
    cause: v.string(),
    told_at: instant,
    retracted_at: v.nullable(instant),
  })),
  changes: v.array(v.strictObject({
    seq: id,
    symbol: v.string(),
    ...validity,
    old_symbol_id: v.nullable(id),
    new_symbol_id: v.nullable(id),
    cause: v.string(),
    changed_at: instant,
  })),
}))
