import { SourceError } from '../../../domain/errors.js'
import type { BarProvider, Question } from '../../bar-provider.js'
import { wrongFormat } from '../../json-answer.js'
import { envelopeOf } from './answer.js'
import { barsOf } from './rows.js'

/** The most there is. It counts the bars that hours are made of, which are minutes. */
const LIMIT = '50000'

/** Bars of one symbol, in pages. Source: https://massive.com/docs/rest/stocks/aggregates/custom-bars */
export const CUSTOM_BARS: BarProvider['bars'] = {
  title: 'Custom Bars API',
  question: (symbol, timespan, { start, end }, _now, since) => ({
    // Dates, or milliseconds since the epoch.
    path: `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/${timespan}/${since?.getTime() ?? start}/${end}`,
    // Adjusted bars have been wrong, and are never what a table here holds.
    query: { adjusted: 'false', sort: 'asc', limit: LIMIT },
  }),
  read(body, symbol, reading) {
    const { ticker, results, next_url: next } = envelopeOf(body)
    if (ticker === undefined && results.length > 0) throw wrongFormat('ticker', 'is missing')
    if (ticker !== undefined && ticker !== symbol) {
      throw new SourceError('ANSWER_OTHER_SYMBOL', `the answer is about ${JSON.stringify(ticker.slice(0, 60))}, and ${symbol} was asked for`)
    }
    return { rows: results.length, bars: barsOf(results, symbol, reading), next: next ? nextPage(next) : null }
  },
}

/** The question for the next page: of its URL the path and query, whatever host it names, and no key, should it ever have one. */
function nextPage(url: string): Question {
  const base = 'https://localhost'
  if (!URL.canParse(url, base)) throw wrongFormat('next_url', 'is no URL')
  const { pathname, searchParams } = new URL(url, base)
  return { path: pathname, query: Object.fromEntries([...searchParams].filter(([name]) => name.toLowerCase() !== 'apikey')) }
}
