import type { BarProvider } from '../../bar-provider.js'
import { envelopeOf, incomplete } from './answer.js'
import { barsOf, OWN_SYMBOLS } from './rows.js'

/**
 * Daily bars of all symbols of a date, each stamped with 16:00 in New York, in one answer.
 * Source: https://massive.com/docs/rest/stocks/aggregates/daily-market-summary
 */
export const GROUPED_DAILY: NonNullable<BarProvider['grouped']> = {
  question: (date) => ({ path: `/v2/aggs/grouped/locale/us/market/stocks/${date}`, query: { adjusted: 'false' } }),
  read(body, reading) {
    const { results, queryCount } = envelopeOf(body)
    // There is one row for each bar that was looked at, so that this tells a cut answer too.
    if (queryCount !== undefined && queryCount !== results.length) throw incomplete('queryCount', queryCount, results)
    return { rows: results.length, bars: barsOf(results, OWN_SYMBOLS, reading), next: null }
  },
}
