import { count } from './fields.js'

/** What became of the bars of answers: `bars` is the sum of the others. */
export const fetchCounts = {
  bars: count,
  inserted: count,
  updated: count,
  unchanged: count,
  /** Daily and minute bars that may not be stored: where a file has spoken, a provider trusted more stands, or the session was not over. */
  held_back: count,
  rejected: count,
  unknown: count,
  duplicates: count,
}
