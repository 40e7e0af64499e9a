import { apartFromStored } from '../../../store/quality/provider-bars.js'
import { inMonths, monthOf } from './in-pieces.js'
import type { QueryRule } from './rule.js'

/** Unadjusted daily bars of providers against the stored ones; one finding a security, provider and month. */
export const PROVIDER_AGAINST_CANONICAL: QueryRule = {
  kind: 'query',
  name: 'provider_against_canonical',
  weight: 0,
  meaning: 'closes that a provider gave of a month, unadjusted, are more than this percentage apart from the stored ones',
  advice: 'hold it against what is stored and against a third (ohlcv compare), which tells why bars differ as far as that can be seen',
  thresholds: ['maxApart'],
  timespan: 'day',
  find: (db, range, thresholds) => inMonths(range, async (piece) => (await apartFromStored(db, piece, thresholds['maxApart']!)).map(
    ({ symbolId, provider, start, end, bars, compared, worst, given, stored, percent, seen }) => ({
      symbolId, ...monthOf(start), provider, cause: null, details: { bars, compared, first: start, last: end, worst, given, stored, percent }, seen,
    }))),
}
