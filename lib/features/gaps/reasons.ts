/**
 * Why a security is likely to have no bar on a session:
 * - `not_loaded`: no day file of the date has been loaded
 * - `lost`: the date's file had more bars than are stored now
 * - `unknown_symbol`: the file has it, by a symbol that named nothing when it was loaded
 * - `rejected`: the file has it, and its row was kept out
 * - `renamed`: it is gone since the very session on which another symbol came
 * - `absent`: the file never had it
 * - `halted`: so for more than a week, and then it traded again
 * - `no_source`: no source that was asked has it
 * - `not_listed_yet`, `delisted`: before its first bar; since its last one, or its symbol named nothing any more
 * - `thin`: it does not trade on every session
 */
export const GAP_REASONS = [
  'not_loaded', 'lost', 'unknown_symbol', 'rejected', 'renamed', 'absent', 'halted', 'no_source', 'not_listed_yet', 'delisted', 'thin',
] as const
export type GapReason = (typeof GAP_REASONS)[number]

/** Reasons for which no bar was to be expected. */
export const NOT_EXPECTED: ReadonlySet<GapReason> = new Set(['not_listed_yet', 'delisted', 'thin'])
