import { isIsoDate } from '../../../lib/domain/dates.js'
import { wallTime } from '../../../lib/domain/zone.js'
import type { RestFault } from '../rest-faults.js'
import type { RestBar, RestMarket, RestSecurity } from '../rest-market.js'
import { fieldsOf, rowOf, type Answer, type Asking, type Dialect, type RestRequest } from './dialect.js'

const ZONE = 'America/New_York'
const GET_A_KEY = 'Get your apikey:\n1. Open https://stooq.com/q/d/?s=aapl.us&get_apikey\n2. Enter the captcha code.\n3. Copy the CSV download link.\n'

const told = (text: string): Answer => ({ status: 200, type: 'text/plain', rows: null, body: () => text })
const refusal = (text: string): RestFault => ({ status: 200, body: text })

/** Stooq's daily bars, in the shapes that were recorded: adjusted for the splits and dividends since, six digits each. */
export const STOOQ_DIALECT: Dialect = {
  provider: 'stooq',
  env: (url, key) => ({ STOOQ_API_BASE_URL: url, STOOQ_API_KEY: key }),
  answer,
  refusals: { limited: null, exhausted: refusal('Exceeded the daily hits limit'), unknownKey: refusal(GET_A_KEY), notEntitled: refusal('Access denied') },
}

function answer(market: RestMarket, { url }: RestRequest, asking: Asking): Answer {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const asked = (name: string): string => searchParams.get(name) ?? ''
  if (asked('apikey') !== asking.key) return told(GET_A_KEY)
  const [start, end] = ['d1', 'd2'].map((name) => asked(name).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')) as [string, string]
  if (pathname !== '/q/d/l/' || asked('i') !== 'd' || !isIsoDate(start) || !isIsoDate(end)) return { ...told('404 Not Found'), status: 404 }
  const symbol = Object.keys(market.securities).find((symbol) => nameOf(symbol) === asked('s'))
  const bars = symbol === undefined ? [] : market.bars(symbol, 'day', { start, end })
  if (symbol === undefined || bars.length === 0) return told('No data')
  const days = market.bars(symbol, 'day', { start, end: market.today() })
  return {
    status: 200,
    type: 'text/csv',
    rows: bars.map((bar) => rowOf(adjusted(bar, days, market.securities[symbol]!))),
    body: (rows) => ['Date,Open,High,Low,Close,Volume', ...(rows ?? []).map(lineOf), ''].join('\r\n'),
  }
}

/** What the vendor calls a symbol. */
function nameOf(symbol: string): string {
  return `${symbol.replace(/p([A-Z]?)$/, '_$1').replaceAll('.', '-').toLowerCase()}.us`
}

/** A bar by what happened to a share since; a dividend takes its part of the close before off all prices. */
function adjusted(bar: RestBar, days: readonly RestBar[], { splits = [], dividends = [] }: RestSecurity): RestBar {
  const until = days.at(-1)!.date
  const isSince = ({ date }: { date: string }): boolean => date > bar.date && date <= until
  const ofSplits = splits.filter(isSince).reduce((product, { from, to }) => (product * from) / to, 1)
  const ofDividends = dividends.filter(isSince).reduce((product, { date, amount }) => product * (1 - Number(amount) / Number(days.findLast((day) => day.date < date)!.close)), 1)
  const factor = ofSplits * ofDividends
  const price = (text: string): string => String(Number((Number(text) * factor).toPrecision(6)))
  return { ...bar, open: price(bar.open), high: price(bar.high), low: price(bar.low), close: price(bar.close), volume: String(Number((Number(bar.volume) / factor).toFixed(6))) }
}

/** A row as CSV; what a fault took out of it is empty, or what it put there. */
function lineOf(row: string): string {
  const { t, o, h, l, c, v } = fieldsOf(row)
  const time = Number(t)
  const date = Number.isNaN(time) ? '' : wallTime(new Date(time), ZONE).date
  return [date, o, h, l, c, v].map((value) => (value === undefined || value === null ? '' : String(value as string | number))).join(',')
}
