import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Test } from 'tap'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import type { Access, Summary } from '../../lib/page/parts.js'
import { readPlace } from '../../lib/page/place.js'
import { renderPage } from '../../lib/page/render.js'

const ASSETS = path.join(PACKAGE_ROOT, 'dist/lib/page/assets')
/** As the service has it: no script, no style and no connection but its own. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** What the server answers with, to be changed while it runs. */
export interface Served {
  summary: Summary
  now: Date
  demo: boolean
  /** `down`: every connection is cut; `failing`: an answer of 503. */
  health: 'well' | 'down' | 'failing'
  /** Where it is set, nothing is told without it. */
  token: string | null
  access: Access
  /** Paths asked for, in their order. */
  asked: string[]
}

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const EVERYBODY: Access = { access: 'everybody', name: null }

function answerApi(served: Served, { url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const isKnown = served.token === null || headers.authorization === `Bearer ${served.token}`
  const send = (status: number, document: unknown) => response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(document))
  const refuse = (status: number, code: string, detail: string) => send(status, { type: `/problems/${code}`, title: code, status, code, detail, request_id: 'r1' })
  if (served.health === 'failing') refuse(503, 'DATABASE_UNAVAILABLE', 'the database does not answer')
  else if (!isKnown) refuse(401, 'UNAUTHORIZED', 'this service wants a token')
  else if (url === '/api/v1/session') send(200, { schema: 'ohlcv.session/1', ...(headers.authorization ? served.access : EVERYBODY) })
  else if (url === '/api/v1/status/summary') send(200, { schema: 'ohlcv.summary/1', ...served.summary })
  else if (url.startsWith('/api/v1/assets')) send(200, { schema: 'ohlcv.service-assets/1', assets: [{ asset: 'IBM', symbol_id: 9, name: 'IBM & Co.', type: 'CS', exchange: 'XNYS', active: true, watched: false }], next_cursor: null })
  else refuse(404, 'NOT_FOUND', 'there is no such path')
}

/** A server of the page and of what it asks for, made of a summary; gone at teardown. */
export async function servePage(t: Test, given: Partial<Served> & Pick<Served, 'summary' | 'now'>): Promise<{ url: string; served: Served }> {
  const served: Served = { demo: false, health: 'well', token: null, access: EVERYBODY, asked: [], ...given }
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url!, 'http://localhost')
    served.asked.push(pathname)
    if (served.health === 'down') {
      request.socket.destroy()
      return
    }
    const asset = path.join(ASSETS, path.basename(pathname))
    if (pathname.startsWith('/api/')) answerApi(served, request, response)
    else if (pathname.startsWith('/assets/') && existsSync(asset)) response.writeHead(200, { 'content-type': TYPES[path.extname(asset)]! }).end(readFileSync(asset))
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }).end(renderPage({
      summary: served.token === null ? served.summary : null, place: readPlace(search, pathname), access: EVERYBODY, demo: served.demo, now: served.now,
    }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, served }
}
