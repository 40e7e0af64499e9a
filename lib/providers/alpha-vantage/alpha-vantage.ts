import type { BarProvider } from '../bar-provider.js'
import { csvFile, type CsvColumns } from '../csv-bars.js'
import { ACTIONS } from './actions.js'
import { judge } from './judge.js'
import { NAMES } from './name.js'
import { SERIES_BARS } from './series.js'
import { nameOf } from './symbols.js'

/** Of exports; beside an adjusted close the prices are as they were traded all the same. */
const COLUMNS: CsvColumns = { time: ['timestamp'], open: ['open'], high: ['high'], low: ['low'], close: ['close'], volume: ['volume'] }

/** Alpha Vantage: prices as they were traded. */
export const ALPHA_VANTAGE: BarProvider = {
  ...NAMES,
  api: {
    baseUrl: { env: 'ALPHA_VANTAGE_API_BASE_URL', fallback: 'https://www.alphavantage.co' },
    timeout: { env: 'ALPHA_VANTAGE_API_TIMEOUT', fallback: 30 },
    key: { env: 'ALPHA_VANTAGE_API_KEY', query: (key) => ({ apikey: key }) },
    headers: {},
  },
  tries: 3,
  timespans: ['minute', 'day', 'week', 'month'],
  // Its weeks and months are compared with those of others; the tables of them hold the first provider's.
  stores: ['minute', 'day'],
  basis: 'none',
  // The day's bar is made at the end of the day, which has trades until 20:00 in New York.
  settlesHours: 8,
  symbol: nameOf,
  probe: 'IBM',
  judge,
  bars: SERIES_BARS,
  files: { read: (body, symbol, reading) => csvFile(body, symbol, reading, COLUMNS) },
  actions: ACTIONS,
  grouped: null,
  details: null,
}
