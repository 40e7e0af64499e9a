/**
 * What became of the bars of a request: in the timespan's table where the scope stores them there, else in those that are held beside. One that a later
 * request of the unit has too is in none of these: it is a duplicate.
 */
export interface FetchedCounts {
  inserted: number
  updated: number
  unchanged: number
  /** Bars that may not be stored: adjusted ones, of a session that was not over, of a date that has a file, or where a file's bar or one of a provider trusted more stands. */
  heldBack: number
}

export const NO_FETCHED_COUNTS: Readonly<FetchedCounts> = { inserted: 0, updated: 0, unchanged: 0, heldBack: 0 }
