import { outsideListing } from '../../../store/quality/outside-listing.js'
import { inMonths, monthOf } from './in-pieces.js'
import type { QueryRule } from './rule.js'

/** Bars of a security from before it was listed, or after it went; one finding a security and month. */
export const OUTSIDE_LISTING: QueryRule = {
  kind: 'query',
  name: 'outside_listing',
  weight: 0,
  meaning: 'a security has bars of a month on dates on which no symbol names it',
  advice: 'look at its dates (ohlcv universe history) and tell those that are missing, or load the dates again to have the bars taken out',
  thresholds: [],
  timespan: 'day',
  find: (db, range) => inMonths(range, async (piece) => (await outsideListing(db, piece)).map(({ symbolId, start, end, bars, listed, seen }) => ({
    symbolId, ...monthOf(start), provider: null, cause: null, details: { bars, first: start, last: end, listed }, seen,
  }))),
}
