import { isIsoDate } from '../../../lib/domain/dates.js'
import { instantOf, wallTime } from '../../../lib/domain/zone.js'
import { TIMESPAN_NAMES, type TimespanName } from '../../../lib/datasets/timespan.js'
import { FAULTS } from '../rest-faults.js'
import type { RestBar, RestMarket } from '../rest-market.js'
import type { Answer, Asking, Dialect, RestRequest } from './dialect.js'

/** The part of Massive's REST API that bars are fetched by, in the shapes that were recorded. */
export const MASSIVE_DIALECT: Dialect = {
  provider: 'massive',
  env: (url, key) => ({ MASSIVE_API_BASE_URL: url, MASSIVE_API_KEY: key }),
  answer,
  refusals: { limited: FAULTS.limited, exhausted: null, unknownKey: FAULTS.unknownKey, notEntitled: FAULTS.notEntitled },
}

function answer(market: RestMarket, { url, headers }: RestRequest, asking: Asking): Answer {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const id = asking.id.toString(16).padStart(32, '0')
  const refused = (status: number, name: string, said: Record<string, string>): Answer => ({ status, rows: null, body: () => JSON.stringify({ status: name, request_id: id, ...said }) })
  if (headers.authorization !== `Bearer ${asking.key}`) return refused(401, 'ERROR', { error: 'Unknown API Key' })
  const steps = pathname.split('/').slice(1).map(decodeURIComponent)
  const [version, kind] = steps
  if (version === 'v3' && kind === 'reference' && steps[2] === 'tickers' && steps.length === 4) return details(market, steps[3]!, id) ?? refused(404, 'NOT_FOUND', { message: 'Ticker not found.' })
  if (searchParams.has('cursor')) for (const [name, value] of new URLSearchParams(Buffer.from(searchParams.get('cursor')!, 'base64url').toString())) searchParams.set(name, value)
  if (searchParams.get('adjusted') !== 'false' || (searchParams.get('sort') ?? 'asc') !== 'asc') return refused(400, 'ERROR', { error: 'these tests ask for unadjusted bars in ascending order' })
  if (pathname.startsWith('/v2/aggs/grouped/locale/us/market/stocks/') && steps.length === 8) {
    const date = steps[7]!
    return isIsoDate(date) ? grouped(market, date, asking.status, id) : refused(400, 'ERROR', { error: 'not a date' })
  }
  const [, , , symbol = '', range, multiplier, timespan, from = '', to = ''] = steps
  const limit = Number(searchParams.get('limit') ?? 5000)
  const known = version === 'v2' && kind === 'aggs' && steps[2] === 'ticker' && range === 'range' && multiplier === '1' && steps.length === 9
  if (!known) return refused(404, 'NOT_FOUND', { message: 'page not found' })
  if (!TIMESPAN_NAMES.some((name) => name === timespan) || limit < 1 || limit > 50_000 || dateOf(from) > dateOf(to)) return refused(400, 'ERROR', { error: 'a parameter is wrong' })
  return custom(market, { symbol, timespan: timespan as TimespanName, from, to, limit }, asking.status, id)
}

/** Ranges are dates, or milliseconds since the epoch. */
const dateOf = (text: string): string => (/^\d{11,}$/.test(text) ? wallTime(new Date(Number(text)), 'America/New_York').date : text)

interface Custom {
  symbol: string
  timespan: TimespanName
  from: string
  to: string
  limit: number
}

function custom(market: RestMarket, { symbol, timespan, from, to, limit }: Custom, status: string, id: string): Answer {
  const all = market.bars(symbol, timespan, { start: dateOf(from), end: dateOf(to) }).filter(({ t }) => !/^\d{11,}$/.test(from) || t >= Number(from))
  // The limit counts the bars that these are made of, and cuts the last one off.
  let base = 0
  const end = all.findIndex((bar) => (base += bar.base) > limit)
  const page = end < 0 ? all : all.slice(0, Math.max(1, end))
  const next = all[page.length]
  const cursor = Buffer.from(`limit=${limit}&sort=asc&adjusted=false`).toString('base64url')
  const url = next && `https://api.polygon.io/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/${timespan}/${next.t}/${to}?cursor=${cursor}`
  return {
    status: 200,
    rows: page.map((bar) => massiveRow(bar)),
    body: (rows) => envelope(rows, { ticker: symbol, queryCount: page.reduce((sum, bar) => sum + bar.base, 0) }, status, id, url),
  }
}

function grouped(market: RestMarket, date: string, status: string, id: string): Answer {
  const rows = market.listed(date).toReversed().flatMap((symbol) => market.bars(symbol, 'day', { start: date, end: date }).map((bar) =>
    massiveRow({ ...bar, t: instantOf(bar.date, '16:00', 'America/New_York').getTime() }, symbol)))
  return { status: 200, rows, body: (rows) => envelope(rows, { queryCount: rows?.length ?? 0 }, status, id) }
}

function envelope(rows: string[] | null, head: Record<string, unknown>, status: string, id: string, next?: string): string {
  const count = rows?.length ?? 0
  const start = JSON.stringify({ ...head, resultsCount: count, adjusted: false }).slice(0, -1)
  const results = count === 0 ? '' : `,"results":[${rows?.join(',')}]`
  return `${start}${results},${JSON.stringify({ status, request_id: id, count, ...(next !== undefined && { next_url: next }) }).slice(1)}`
}

function details({ securities }: RestMarket, symbol: string, id: string): Answer | undefined {
  if (!Object.hasOwn(securities, symbol)) return undefined
  const { name = `${symbol} Inc.`, type = 'CS', last } = securities[symbol]!
  const results = {
    ticker: symbol, name, market: 'stocks', locale: 'us', primary_exchange: type === 'ETF' ? 'ARCX' : 'XNAS', type, active: last === undefined, currency_name: 'usd',
    market_cap: 2.0736092178752e11, ...(type === 'CS' && { sic_code: '3571', sic_description: 'ELECTRONIC COMPUTERS' }), round_lot: 100,
  }
  return { status: 200, rows: null, body: () => JSON.stringify({ request_id: id, results, status: 'OK' }) }
}

/** A bar as the vendor writes it, every fourth volume with an exponent: the form that faults change too, and more. */
function massiveRow({ t, open, high, low, close, volume, transactions }: RestBar, symbol?: string): string {
  const written = (t / 60_000 + transactions) % 4 === 0 ? withExponent(volume) : volume
  return `{${symbol === undefined ? '' : `"T":${JSON.stringify(symbol)},`}"v":${written},"vw":${close},"o":${open},"c":${close},"h":${high},"l":${low},"t":${t},"n":${transactions}}`
}

/** `37039737` as `3.7039737e+07`. */
function withExponent(text: string): string {
  const [whole = '', fraction = ''] = text.split('.')
  if (whole.length < 2) return text
  const digits = (whole + fraction).replace(/0+$/, '')
  return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e+${String(whole.length - 1).padStart(2, '0')}`
}
