import { apartFromStored } from '../../../store/quality/provider-bars.js'
import { inPieces, wholeMonths } from './in-pieces.js'
import type { QueryRule } from './rule.js'

/** Unadjusted daily bars of providers against the stored ones; one finding a security, provider and month. */
export const providerAgainstCanonical: QueryRule = {
  kind: 'query',
  name: 'provider_against_canonical',
  weight: 0,
  meaning: 'Closes that a provider gave, unadjusted, are not the stored ones.',
  advice: 'Compare the provider with what is stored, and with a third: `compare` tells why bars differ, as far as that can be seen.',
  thresholds: ['maxApart'],
  timespan: 'day',
  find: (db, range, thresholds) => inPieces(wholeMonths(range), async (piece) => (await apartFromStored(db, piece, thresholds['maxApart']!)).map(
    ({ symbolId, provider, start, end, bars, compared, worst, given, stored, percent, seen }) => ({
      symbolId, date: start, lastDate: end, provider, cause: null, details: { bars, compared, worst, given, stored, percent }, seen,
    }))),
}
