import { TIMESPAN_NAMES } from '../../../datasets/timespan.js'
import type { BarProvider } from '../../bar-provider.js'
import { NAMES } from '../name.js'
import { ACTIONS } from './actions.js'
import { CUSTOM_BARS } from './custom-bars.js'
import { GROUPED_DAILY } from './grouped-daily.js'
import { judge } from './judge.js'
import { TICKER_DETAILS } from './ticker-details.js'

/** The REST API of Massive. */
export const MASSIVE_REST: BarProvider = {
  ...NAMES,
  api: {
    baseUrl: { env: 'MASSIVE_API_BASE_URL', fallback: 'https://api.massive.com' },
    timeout: { env: 'MASSIVE_API_TIMEOUT', fallback: 30 },
    key: { env: 'MASSIVE_API_KEY', headers: (key) => ({ authorization: `Bearer ${key}` }) },
    headers: {},
  },
  tries: 3,
  timespans: TIMESPAN_NAMES,
  stores: TIMESPAN_NAMES,
  basis: 'none',
  settlesHours: 0,
  symbol: (symbol) => symbol,
  probe: 'AAPL',
  judge,
  bars: CUSTOM_BARS,
  files: null,
  actions: ACTIONS,
  grouped: GROUPED_DAILY,
  details: TICKER_DETAILS,
}
