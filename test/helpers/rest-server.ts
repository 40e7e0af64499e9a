import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { isIsoDate } from '../../lib/domain/dates.js'
import { instantOf, wallTime } from '../../lib/domain/zone.js'
import { TIMESPAN_NAMES, type TimespanName } from '../../lib/datasets/timespan.js'
import { Random } from './random.js'
import { RestMarket, type RestBar, type RestMarketOptions } from './rest-market.js'
import { PASSING, type RestFault } from './rest-faults.js'

/** The key that is let in unless another is set. */
export const REST_KEY = 'test-Key/with+odd=Characters_0123456789'

/** A request as it came. */
export interface RestRequest {
  /** Milliseconds on a clock that never goes back (performance.now of the server's process). */
  at: number
  /** Path and query. */
  url: string
  headers: IncomingMessage['headers']
  /** Of the answer; 0 where the connection was broken instead. */
  status: number
}

export interface RestServerOptions extends RestMarketOptions {
  key?: string
  port?: number
  /** Milliseconds before each answer. */
  latencyMs?: number
  /** Of all requests, how many fail in a way that may pass, by the seed. */
  failing?: number
  /** What goes wrong with a request; undefined: nothing. May be changed at any time. */
  fault?: RestServer['fault']
  /** What answers say of themselves: DELAYED where a plan has no data of the last minutes. */
  status?: 'OK' | 'DELAYED'
  /** The certificate to serve TLS with. */
  tls?: { key: string; cert: string }
}

export interface RestServer {
  /** Base URL. */
  url: string
  key: string
  /** What a client needs to know. */
  env: Record<string, string>
  /** What there is, to work out what is expected. */
  market: RestMarket
  requests: RestRequest[]
  fault: (request: RestRequest) => RestFault | undefined
  close: () => Promise<void>
}

/** What is answered before a fault changes it. */
interface Answer {
  status: number
  /** Rows as text, so that each number stands as the vendor writes it. Null where the answer has none. */
  rows: string[] | null
  /** The answer around its rows. */
  body: (rows: string[] | null) => string
}

/** The part of Massive's REST API that bars are fetched by, in the shapes that were recorded, with faults on demand. */
export async function startRestServer(options: RestServerOptions = {}): Promise<RestServer> {
  const { key = REST_KEY, latencyMs = 0, failing = 0, seed = 1, tls } = options
  const luck = new Random(seed)
  const market = new RestMarket(options)
  const handle: RequestListener = (request, response) => {
    const logged: RestRequest = { at: performance.now(), url: request.url ?? '/', headers: request.headers, status: 0 }
    server.requests.push(logged)
    response.on('close', () => (logged.status = response.headersSent ? response.statusCode : 0))
    const fault = server.fault(logged) ?? (luck.chance(failing) ? luck.pick(PASSING) : {})
    const answered = async (): Promise<void> => {
      await delay(latencyMs + (fault.delayMs ?? 0), undefined, { ref: false })
      if (!response.destroyed) await send(request, response, answer(market, logged, { key, status: options.status ?? 'OK', id: server.requests.length }), fault, server.url)
    }
    answered().catch(() => response.destroy())
  }
  const listener = tls ? createTlsServer(tls, handle) : createServer(handle)
  listener.listen(options.port ?? 0, '127.0.0.1')
  await once(listener, 'listening')
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(listener.address() as AddressInfo).port}`
  const server: RestServer = {
    url,
    key,
    env: { MASSIVE_API_BASE_URL: url, MASSIVE_API_KEY: key },
    market,
    requests: [],
    fault: options.fault ?? (() => undefined),
    async close() {
      listener.closeAllConnections()
      listener.close()
      await once(listener, 'close')
    },
  }
  return server
}

interface Asking {
  key: string
  status: string
  id: number
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
    rows: page.map((bar) => rowOf(bar)),
    body: (rows) => envelope(rows, { ticker: symbol, queryCount: page.reduce((sum, bar) => sum + bar.base, 0) }, status, id, url),
  }
}

function grouped(market: RestMarket, date: string, status: string, id: string): Answer {
  const rows = market.listed(date).toReversed().flatMap((symbol) => market.bars(symbol, 'day', { start: date, end: date }).map((bar) =>
    rowOf({ ...bar, t: instantOf(bar.date, '16:00', 'America/New_York').getTime() }, symbol)))
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

/** A bar as the vendor writes it, every fourth volume with an exponent. */
function rowOf({ t, open, high, low, close, volume, transactions }: RestBar, symbol?: string): string {
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

async function send(request: IncomingMessage, response: ServerResponse, { status, rows, body }: Answer, fault: RestFault, url: string): Promise<void> {
  if (fault.reset) return void request.socket.resetAndDestroy()
  const whole = body(rows && fault.rows ? fault.rows(rows) : rows)
  const given = typeof fault.body === 'function' ? fault.body(whole, { url, path: request.url ?? '/' }) : (fault.body ?? whole)
  const text = Buffer.from(given)
  const gzipped = fault.encoded === undefined && fault.body === undefined && text.length > 400 && String(request.headers['accept-encoding']).includes('gzip')
  const bytes = fault.encoded ? fault.encoded(text) : gzipped ? gzipSync(text) : text
  response.writeHead(fault.status ?? status, {
    'content-type': 'application/json', 'content-length': bytes.length + (fault.longer ?? 0),
    ...((gzipped || fault.encoded) && { 'content-encoding': 'gzip' }), ...fault.headers?.(url),
  })
  if (fault.cutAfter !== undefined) {
    response.write(bytes.subarray(0, Math.floor(bytes.length * fault.cutAfter)))
    await delay(5, undefined, { ref: false })
    return void request.socket.destroy()
  }
  if (fault.dripMs !== undefined) {
    for (const byte of bytes) {
      if (response.destroyed) return
      response.write(Buffer.of(byte))
      await delay(fault.dripMs, undefined, { ref: false })
    }
  } else response.write(bytes)
  if (fault.longer !== undefined) return void request.socket.end()
  response.end()
}
