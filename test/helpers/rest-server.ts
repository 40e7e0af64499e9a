import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Random } from './random.js'
import { ALPHA_VANTAGE_DIALECT } from './rest-dialects/alpha-vantage.js'
import type { Answer, Dialect, RestRequest } from './rest-dialects/dialect.js'
import { MASSIVE_DIALECT } from './rest-dialects/massive.js'
import { PASSING, type RestFault } from './rest-faults.js'
import { RestMarket, type RestMarketOptions } from './rest-market.js'

/** The key that is let in unless another is set. */
export const REST_KEY = 'test-Key/with+odd=Characters_0123456789'

/** Who the server can be, by the names of the providers. */
export const DIALECTS = { massive: MASSIVE_DIALECT, alpha_vantage: ALPHA_VANTAGE_DIALECT } as const satisfies Record<string, Dialect>

export interface RestServerOptions extends RestMarketOptions {
  /** Who it is: Massive unless another is named. */
  dialect?: keyof typeof DIALECTS
  key?: string
  port?: number
  /** Milliseconds before each answer. */
  latencyMs?: number
  /** Of all requests, how many fail in a way that may pass, by the seed. */
  failing?: number
  /** What goes wrong with a request; undefined: nothing. May be changed at any time. */
  fault?: RestServer['fault']
  /** What Massive's answers say of themselves: DELAYED where a plan has no data of the last minutes. */
  status?: 'OK' | 'DELAYED'
  /** The certificate to serve TLS with. */
  tls?: { key: string; cert: string }
}

export interface RestServer {
  /** Base URL. */
  url: string
  key: string
  dialect: Dialect
  /** What a client needs to know. */
  env: Record<string, string>
  /** What there is, to work out what is expected. */
  market: RestMarket
  requests: RestRequest[]
  fault: (request: RestRequest) => RestFault | undefined
  close: () => Promise<void>
}

/** A vendor of bars as its answers were recorded, over a made-up market and with faults on demand. */
export async function startRestServer(options: RestServerOptions = {}): Promise<RestServer> {
  const { key = REST_KEY, latencyMs = 0, failing = 0, seed = 1, tls } = options
  const dialect: Dialect = DIALECTS[options.dialect ?? 'massive']
  const luck = new Random(seed)
  const market = new RestMarket(options)
  const handle: RequestListener = (request, response) => {
    const logged: RestRequest = { at: performance.now(), url: request.url ?? '/', headers: request.headers, status: 0 }
    server.requests.push(logged)
    response.on('close', () => (logged.status = response.headersSent ? response.statusCode : 0))
    const fault = server.fault(logged) ?? (luck.chance(failing) ? luck.pick(PASSING) : {})
    const answered = async (): Promise<void> => {
      await delay(latencyMs + (fault.delayMs ?? 0), undefined, { ref: false })
      if (!response.destroyed) await send(request, response, dialect.answer(market, logged, { key, status: options.status ?? 'OK', id: server.requests.length }), fault, server.url)
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
    dialect,
    env: dialect.env(url, key),
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

async function send(request: IncomingMessage, response: ServerResponse, { status, type = 'application/json', rows, body }: Answer, fault: RestFault, url: string): Promise<void> {
  if (fault.reset) return void request.socket.resetAndDestroy()
  const whole = body(rows && fault.rows ? fault.rows(rows) : rows)
  const given = typeof fault.body === 'function' ? fault.body(whole, { url, path: request.url ?? '/' }) : (fault.body ?? whole)
  const text = Buffer.from(given)
  const gzipped = fault.encoded === undefined && fault.body === undefined && text.length > 400 && String(request.headers['accept-encoding']).includes('gzip')
  const bytes = fault.encoded ? fault.encoded(text) : gzipped ? gzipSync(text) : text
  response.writeHead(fault.status ?? status, {
    'content-type': type, 'content-length': bytes.length + (fault.longer ?? 0),
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
