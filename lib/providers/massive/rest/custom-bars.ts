import type { BarProvider } from '../../bar-provider.js'
import { wrongFormat } from '../../json-answer.js'
import { envelopeOf, nextPage, requireSymbol } from './answer.js'
import { barsOf } from './rows.js'

/** The most there is. It counts the bars that hours are made of, which are minutes. */
const LIMIT = '50000'

/** Bars of one symbol, in pages. Source: https://massive.com/docs/rest/stocks/aggregates/custom-bars */
export const CUSTOM_BARS: BarProvider['bars'] = {
  title: 'Custom Bars API',
  question: (symbol, timespan, { start, end }) => ({
    path: `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/${timespan}/${start}/${end}`,
    // Adjusted bars have been wrong, and are never what a table here holds.
    query: { adjusted: 'false', sort: 'asc', limit: LIMIT },
  }),
  read(body, symbol, reading) {
    const { ticker, results, next_url: next } = envelopeOf(body)
    if (ticker === undefined && results.length > 0) throw wrongFormat('ticker', 'is missing')
    if (ticker !== undefined) requireSymbol(ticker, symbol)
    return { rows: results.length, bars: barsOf(results, symbol, reading), next: nextPage(next) }
  },
}
