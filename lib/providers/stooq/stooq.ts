import type { BarProvider } from '../bar-provider.js'
import { DAILY, FILES } from './csv.js'
import { judge } from './judge.js'
import { stooqSymbol } from './symbol.js'

/** The daily bars of Stooq, which are for comparing only: what its prices are adjusted for differs by security, and has changed. */
export const STOOQ: BarProvider = {
  name: 'stooq',
  aliases: [],
  api: {
    baseUrl: { env: 'STOOQ_API_BASE_URL', fallback: 'https://stooq.com' },
    timeout: { env: 'STOOQ_API_TIMEOUT', fallback: 30 },
    key: { env: 'STOOQ_API_KEY', query: (key) => ({ apikey: key }) },
    headers: {},
  },
  tries: 3,
  timespans: ['day'],
  stores: [],
  basis: 'total',
  // A day's volume was still another one that night.
  settlesHours: 24,
  symbol: stooqSymbol,
  probe: 'AAPL',
  judge,
  bars: DAILY,
  files: FILES,
  actions: null,
  grouped: null,
  details: null,
}
