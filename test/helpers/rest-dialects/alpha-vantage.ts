import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import { addDays, isoDate, lastOfMonth, type IsoDate } from '../../../lib/domain/dates.js'
import { wallTime } from '../../../lib/domain/zone.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import type { RestFault } from '../rest-faults.js'
import type { RestMarket } from '../rest-market.js'
import { fieldsOf, rowOf, type Answer, type Asking, type Dialect, type RestRequest } from './dialect.js'

const ZONE = 'America/New_York'
const PREMIUM = 'You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/'

const calendar = createCalendar(DEFAULT_EXCHANGE)

/** What is told in a 200. */
const told = (name: string, text: string): Answer => ({ status: 200, rows: null, body: () => JSON.stringify({ [name]: text }, null, 4) })
const refusal = (text: string): RestFault => ({ status: 200, body: told('Information', text).body(null) })
const UNKNOWN_KEY = 'the parameter apikey is invalid or missing. Please claim your free API key on (https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds.'

/** The part of Alpha Vantage's API that bars, splits and dividends are fetched by, in the shapes that were recorded. */
export const ALPHA_VANTAGE_DIALECT: Dialect = {
  provider: 'alpha_vantage',
  env: (url, key) => ({ ALPHA_VANTAGE_API_BASE_URL: url, ALPHA_VANTAGE_API_KEY: key }),
  answer,
  refusals: {
    limited: refusal('Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to any of the premium plans'
      + ' at https://www.alphavantage.co/premium/ to lift the free key rate limit (25 requests per day), raise the per-second burst limit, and instantly unlock all premium endpoints.'),
    // It repeats the key that it was asked with.
    exhausted: { status: 200, body: (_, { path }) => told('Information', `We have detected your API key as ${new URL(path, 'http://localhost').searchParams.get('apikey') ?? ''}`
      + ' and our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.').body(null) },
    unknownKey: { status: 200, body: told('Error Message', UNKNOWN_KEY).body(null) },
    notEntitled: refusal(`Thank you for using Alpha Vantage! This is a premium endpoint. ${PREMIUM} to instantly unlock all premium endpoints`),
  },
}

/** Series by function: the timespan, what its rows stand under, and what the answer calls it. */
const SERIES: Readonly<Record<string, { timespan: TimespanName; title: string; said: string }>> = {
  TIME_SERIES_DAILY: { timespan: 'day', title: 'Time Series (Daily)', said: 'Daily Prices (open, high, low, close) and Volumes' },
  TIME_SERIES_WEEKLY: { timespan: 'week', title: 'Weekly Time Series', said: 'Weekly Prices (open, high, low, close) and Volumes' },
  TIME_SERIES_MONTHLY: { timespan: 'month', title: 'Monthly Time Series', said: 'Monthly Prices (open, high, low, close) and Volumes' },
  TIME_SERIES_INTRADAY: { timespan: 'minute', title: 'Time Series (1min)', said: 'Intraday (1min) open, high, low, close prices and volume' },
}

function answer(market: RestMarket, { url }: RestRequest, asking: Asking): Answer {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const asked = (name: string): string => searchParams.get(name) ?? ''
  if (asked('apikey') !== asking.key) return told('Error Message', UNKNOWN_KEY)
  const name = asked('function')
  const symbol = Object.keys(market.securities).find((symbol) => nameOf(symbol) === asked('symbol'))
  if (pathname === '/query' && (name === 'SPLITS' || name === 'DIVIDENDS')) return actions(market, name, asked('symbol'), symbol)
  const series = pathname === '/query' ? SERIES[name] : undefined
  const minutes = series?.timespan === 'minute'
  const wrong = minutes && (asked('interval') !== '1min' || asked('adjusted') !== 'false' || asked('extended_hours') !== 'true' || asked('outputsize') !== 'full')
  if (!series || !symbol || wrong) return told('Error Message', `Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for ${name}.`)
  const month = minutes ? isoDate(`${asked('month')}-01`) : undefined
  const range = month ? { start: month, end: lastOfMonth(month) } : { start: '1999-11-01', end: '2099-12-31' }
  const bars = market.bars(symbol, series.timespan, range)
  const compact = series.timespan === 'day' && asked('outputsize') !== 'full'
  return {
    status: 200,
    rows: bars.slice(compact ? -100 : 0).toReversed().map((bar) => rowOf(bar)),
    body: (rows) => seriesOf(rows ?? [], asked('symbol'), series, compact, market),
  }
}

/** What the vendor calls a symbol: the classes behind a hyphen. */
function nameOf(symbol: string): string {
  return symbol.replace(/p([A-Z]?)$/, '-P-$1').replaceAll('.', '-').replace(/-$/, '')
}

function seriesOf(rows: readonly string[], symbol: string, { timespan, title, said }: (typeof SERIES)[string], compact: boolean, market: RestMarket): string {
  const stamps = rows.map((row) => stampOf(Number(fieldsOf(row)['t']), timespan, market))
  const size = timespan === 'day' || timespan === 'minute' ? [compact ? 'Compact' : 'Full size'] : []
  const heads = [['Information', said], ['Symbol', symbol], ['Last Refreshed', stamps[0] ?? ''], ...(timespan === 'minute' ? [['Interval', '1min']] : []), ...size.map((text) => ['Output Size', text]), ['Time Zone', 'US/Eastern']]
  const head = heads.map(([name, text], index) => `        "${index + 1}. ${name}": "${text}"`).join(',\n')
  // Written by hand, so that a stamp may come twice.
  const lines = rows.map((row, index) => `        ${JSON.stringify(stamps[index])}: ${JSON.stringify(valuesOf(row))}`).join(',\n')
  return `{\n    "Meta Data": {\n${head}\n    },\n    "${title}": {\n${lines}\n    }\n}`
}

/** Prices have four decimals, volumes none; a value that a fault took the name or the number from is gone, too, or no number. */
function valuesOf(row: string): Record<string, unknown> {
  const { o, h, l, c, v } = fieldsOf(row)
  const price = (value: unknown): unknown => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? `${value}${value.includes('.') ? '' : '.'}`.replace(/\.\d*$/, (decimals) => decimals.padEnd(5, '0')) : value)
  return { '1. open': price(o), '2. high': price(h), '3. low': price(l), '4. close': price(c), '5. volume': typeof v === 'string' ? v.replace(/\.\d+$/, '') : v }
}

/** Wall time in New York of a minute's start, the date of a day, the last session so far of a week or month. */
function stampOf(t: number, timespan: TimespanName, market: RestMarket): string {
  const { date, time } = wallTime(new Date(t), ZONE)
  if (timespan === 'minute') return `${date} ${time}`
  if (timespan === 'day') return date
  const end = timespan === 'week' ? addDays(date, 6) : lastOfMonth(date)
  const known = end <= calendar.range.end ? calendar.sessions({ start: date, end }).map(({ date }) => date) : []
  return known.findLast((session) => session <= market.today()) ?? date
}

function actions(market: RestMarket, name: 'SPLITS' | 'DIVIDENDS', asked: string, symbol: string | undefined): Answer {
  const { splits = [], dividends = [] } = symbol === undefined ? {} : market.securities[symbol]!
  const newestFirst = <T extends { date: string }>(of: readonly T[]): T[] => of.toSorted((a, b) => (a.date < b.date ? 1 : -1))
  const data = name === 'SPLITS'
    ? newestFirst(splits).map(({ date, from, to }) => ({ effective_date: date, split_factor: (to / from).toFixed(4) }))
    : newestFirst(dividends).map(({ date, amount }) => ({ ex_dividend_date: date, declaration_date: 'None', record_date: date, payment_date: addDays(date as IsoDate, 14), amount }))
  return { status: 200, rows: null, body: () => JSON.stringify({ symbol: asked, data }, null, 4) }
}
