import type { BarProvider } from '../bar-provider.js'
import { ACTIONS } from './actions.js'
import { CHART } from './bars.js'
import { FILES } from './files.js'
import { judge } from './judge.js'
import { yahooSymbol } from './symbol.js'

/** The charts of Yahoo Finance. */
export const YAHOO: BarProvider = {
  name: 'yahoo',
  aliases: [],
  api: {
    baseUrl: { env: 'YAHOO_API_BASE_URL', fallback: 'https://query1.finance.yahoo.com' },
    timeout: { env: 'YAHOO_API_TIMEOUT', fallback: 30 },
    key: null,
    // Without an agent that it knows, Yahoo answers that there were too many requests.
    headers: { 'user-agent': 'Mozilla/5.0 (compatible; ohlcv)' },
  },
  tries: 3,
  timespans: ['day', 'week', 'month'],
  stores: ['day'],
  basis: 'split',
  // By the next morning's first trades it has rewritten the day.
  settlesHours: 12,
  symbol: yahooSymbol,
  probe: 'AAPL',
  judge,
  bars: CHART,
  files: FILES,
  actions: ACTIONS,
  grouped: null,
  details: null,
}
