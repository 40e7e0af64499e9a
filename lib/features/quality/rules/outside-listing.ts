import { outsideListing as findOutside } from '../../../store/quality/outside-listing.js'
import { inPieces, wholeMonths } from './in-pieces.js'
import type { QueryRule } from './rule.js'

/** Bars of a security from before it was listed, or after it went; one finding a security and month. */
export const outsideListing: QueryRule = {
  kind: 'query',
  name: 'outside_listing',
  weight: 0,
  meaning: 'The security has bars on dates on which no symbol names it.',
  advice: 'Look at its dates with `universe history`: tell those that are missing, or load the dates again to have the bars taken out.',
  thresholds: [],
  timespan: 'day',
  find: (db, range) => inPieces(wholeMonths(range), async (piece) => (await findOutside(db, piece)).map(({ symbolId, start, end, bars, listed, seen }) => ({
    symbolId, date: start, lastDate: end, provider: null, cause: null, details: { bars, listed }, seen,
  }))),
}
