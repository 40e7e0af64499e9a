import * as v from 'valibot'
import type { BarProvider } from '../../bar-provider.js'
import { checked, jsonOf } from '../../json-answer.js'

const text = v.pipe(v.nullish(v.string(), null), v.transform((said) => said?.trim() || null))

const ANSWER = v.object({ results: v.object({ name: text, type: text, primary_exchange: text, sic_description: text }) })

/** Who a symbol names today. Source: https://massive.com/docs/rest/stocks/tickers/ticker-overview */
export const TICKER_DETAILS: NonNullable<BarProvider['details']> = {
  question: (symbol) => ({ path: `/v3/reference/tickers/${encodeURIComponent(symbol)}`, query: {} }),
  read(body) {
    const { name, type, primary_exchange: exchange, sic_description: industry } = checked(ANSWER, jsonOf(body)).results
    // The vendor has the SIC's name of an industry, which is no sector, and neither a fund's issuer nor the index it follows.
    return { name, type, exchange, sector: null, industry, issuer: null, underlyingIndex: null }
  },
}
