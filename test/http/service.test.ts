import t, { type Test } from 'tap'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import * as v from 'valibot'
import { defineDocument } from '../../lib/documents/document.js'
import { UsageError } from '../../lib/domain/errors.js'
import { tokensOf } from '../../lib/http/framework/access.js'
import { defineRoute, type Place } from '../../lib/http/framework/route.js'
import { LIMITS } from '../../lib/http/framework/site.js'
import { freshDatabase } from '../helpers/database.js'
import { ADMIN_TOKEN, READER_TOKEN, startService, TOKENS } from '../helpers/service.js'

const { pool } = await freshDatabase(t)

const ECHO = defineDocument('ohlcv.echo/1', v.strictObject({ text: v.string(), times: v.nullable(v.number()), who: v.nullable(v.string()) }))
const FIELDS = v.strictObject({ text: v.optional(v.string(), ''), times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000))) })

let made = 0
const echo = defineRoute({
  method: 'GET', path: '/echo', tag: 'status', summary: 'What was asked', query: FIELDS, document: ECHO, csv: ({ text, times }) => [['text', 'times'], [text, times]],
  async answer({ query: { text, times = null }, who }) {
    made++
    if (text === 'fault') throw new Error('select secret from /etc/passwd')
    if (text === 'unknown') throw new UsageError('SYMBOL_UNKNOWN', 'the universe has no symbol "X"', { hint: 'ohlcv universe list' })
    if (text === 'setting') throw new UsageError('SETTING_INVALID', 'OHLCV_HOME must be /secret')
    if (text === 'sql') await pool.query('select secret from nowhere')
    if (text === 'syntax') await pool.query('selec')
    if (text === 'large') await pool.query('select 99999999999::integer')
    return { text: text.repeat(times ?? 1), times, who: who.name, path: '/secret' } as never
  },
})
const act = defineRoute({
  method: 'POST', path: '/act/{name}', tag: 'ingestion', summary: 'Something', params: v.strictObject({ name: v.string() }), body: v.strictObject({ count: v.number(), more: v.optional(v.record(v.string(), v.string())) }),
  headers: v.strictObject({ 'idempotency-key': v.optional(v.string()) }), access: 'admin', status: 202, document: ECHO,
  async answer({ params, body, headers, who }) {
    return { text: `${params.name} ${headers['idempotency-key'] ?? ''}`, times: body.count, who: who.name }
  },
})
const hello: Place = { path: '/hello', summary: 'A line', open: true, freshness: 'fixed', answer: async ({ who }) => ({ type: 'text/plain; charset=utf-8', body: `hello ${who.access}` }) }

const start = (t: Test, given: Partial<Parameters<typeof startService>[1]> = {}) => startService(t, { pool, ...given }, [echo, act], [hello])
const { url } = await start(t)

interface Problem { status: number; code: string; detail: string }
const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(path.startsWith('http') ? path : `${url}${path}`, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, problem: (text !== '' && response.headers.get('content-type') === 'application/problem+json' ? JSON.parse(text) : {}) as Partial<Problem> }
}
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

/** Sends bytes as they are and reads until the other side closes. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => { answer += chunk })
  socket.write(bytes)
  await once(socket, 'close')
  return answer
}

await t.test('an answer has the fields of its document and no other, at both of its paths', async (t) => {
  for (const path of ['/api/v1/echo?text=a&times=2', '/echo?times=2&text=a']) {
    const { status, text, headers } = await ask(path)
    t.equal(status, 200)
    t.equal(text, '{"schema":"ohlcv.echo/1","text":"aa","times":2,"who":null}')
    t.equal(headers.get('content-type'), 'application/json; charset=utf-8')
  }
  t.equal((await ask('/hello')).text, 'hello everybody')
})

await t.test('who has an answer already is told so, until it is another', async (t) => {
  const first = await ask('/echo?text=etag')
  const etag = first.headers.get('etag')!
  for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
    const { status, text, headers } = await ask('/echo?text=etag', { headers: { 'if-none-match': known } })
    t.same([status, text, headers.get('etag')], [304, '', etag], known)
  }
  t.equal((await ask('/echo?text=etag', { headers: { 'if-none-match': '"other"' } })).status, 200)
  t.equal((await ask('/echo?text=etags', { headers: { 'if-none-match': etag } })).status, 200)
  t.equal((await ask('/echo?times=x', { headers: { 'if-none-match': '*' } })).status, 400, 'a problem is never taken for the answer')
  t.match(first.headers.get('vary'), /Accept-Encoding, Authorization/)
})

await t.test('HEAD tells what GET would, and no body', async (t) => {
  for (const path of ['/echo?text=a', '/hello', '/echo?times=x', '/nowhere']) {
    const [head, get] = [await ask(path, { method: 'HEAD' }), await ask(path, { headers: { 'accept-encoding': 'identity' } })]
    t.same([head.status, head.text], [get.status, ''], path)
    for (const name of ['content-type', 'etag', ...(get.status === 200 ? ['content-length'] : [])]) t.equal(head.headers.get(name), get.headers.get(name), `${path} ${name}`)
  }
})

await t.test('an answer is compressed for who takes that, and for nobody else', async (t) => {
  const path = '/echo?text=0123456789&times=500'
  const encoding = async (accepted: string) => (await fetch(`${url}${path}`, { headers: { 'accept-encoding': accepted } })).headers.get('content-encoding')
  for (const accepted of ['gzip', 'br, gzip;q=0.5', '*', 'GZIP']) t.equal(await encoding(accepted), 'gzip', accepted)
  for (const accepted of ['identity', 'br', 'gzip;q=0', 'gzip;q=0, *']) t.equal(await encoding(accepted), null, accepted)
  const bytes = (await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`)).split('\r\n\r\n').slice(1).join('\r\n\r\n')
  t.match(gunzipSync(Buffer.from(bytes, 'latin1')).toString(), /^\{"schema":"ohlcv\.echo\/1","text":"(0123456789){500}"/)
  const short = await fetch(`${url}/echo?text=a`, { headers: { 'accept-encoding': 'gzip' } })
  t.equal(short.headers.get('content-encoding'), null, 'a short one is not worth it')
})

await t.test('a table is told as CSV, of which no spreadsheet makes a formula', async (t) => {
  const { text, headers } = await ask(`/echo?format=csv&text=${encodeURIComponent('=1+1')}`)
  t.equal(text, 'text,times\n\'=1+1,\n')
  t.equal(headers.get('content-type'), 'text/csv; charset=utf-8')
  t.equal(headers.get('content-disposition'), 'attachment; filename="echo.csv"')
})

await t.test('nothing is made again until something is written, and once however many ask', async (t) => {
  // Whatever is written on the server counts, also by other tests: here it is asked about only once.
  const { url } = await start(t, { limits: { ...LIMITS, versionAge: 60_000 }, tokens: TOKENS })
  made = 0
  await Promise.all(Array.from({ length: 20 }, () => ask(`${url}/echo?text=once`)))
  await ask(`${url}/api/v1/echo?text=once`)
  t.equal(made, 1)
  await ask(`${url}/echo?text=once`, { headers: bearer('no-token-that-is-known') })
  t.equal(made, 1, 'nor for who is not let in')
  await pool.query('create table written (id integer)')
  await ask(`${url}/act/x`, { method: 'POST', body: '{"count":1}', headers: { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json' } })
  await ask(`${url}/echo?text=once`)
  t.equal(made, 2, 'what is done here is asked about at once')
})

await t.test('questions that are none are refused, with the field and what it must be', async (t) => {
  const cases: [string, RegExp][] = [
    ['?times=x', /^query: times must be number/], ['?times=', /^query: times must be number/], ['?times=1e3', /^query: times must be number/], ['?times=0x10', /must be number/], ['?times=%201', /must be number/],
    ['?times=1.5', /^query: times/], ['?times=-1', /^query: times/], ['?times=1000001', /^query: times/], ['?times=1&times=2', /^query: times is given more than once/],
    ['?other=1', /^query: other is not known here/], ['?__proto__=1', /^query: __proto__ is not known/], ['?constructor=1', /^query: constructor is not known/], ['?__proto__[polluted]=1', /is not known/],
    ['?text[]=1', /is not known/], ['?text=%00', /^query: control characters/], ['?text=a%0d%0aX-Injected:%201', /^query: control characters/], ['?%00=1', /^query: control characters/], ['?format=xml', /^query: format/],
  ]
  for (const [query, detail] of cases) {
    const { status, problem, headers } = await ask(`/echo${query}`)
    t.match({ status, ...problem }, { status: 400, code: 'REQUEST_INVALID', detail }, query)
    t.equal(headers.get('x-injected'), null)
  }
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
  t.equal((await ask('/echo?text=%ff%fe')).status, 200, 'what is no UTF-8 is some text')
  t.equal((await ask(`/echo?text=${'a'.repeat(3000)}`)).status, 200)
  t.match(await ask(`/echo?text=${'a'.repeat(5000)}`), { status: 414, problem: { code: 'URL_TOO_LONG' } })
})

await t.test('what a feature says of the question is told, and nothing of what failed behind', async (t) => {
  t.match(await ask('/echo?text=unknown'), { status: 404, problem: { code: 'SYMBOL_UNKNOWN', detail: 'the universe has no symbol "X"' } })
  for (const [text, status, code] of [['fault', 500, 'INTERNAL'], ['setting', 500, 'INTERNAL'], ['syntax', 500, 'INTERNAL'], ['sql', 503, 'DATABASE_UNAVAILABLE'], ['large', 400, 'REQUEST_INVALID']] as const) {
    const answer = await ask(`/echo?text=${text}`)
    t.match(answer, { status, problem: { code, status } }, text)
    t.notMatch(answer.text, /secret|nowhere|select|passwd|\\n +at |\.js/i, text)
    t.match(answer.headers.get('cache-control'), 'no-store')
  }
})

await t.test('a browser is told of a problem by a page, with nothing in it that came from outside', async (t) => {
  const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
  const { status, text, headers } = await ask('/echo?%3Cscript%3E=1', { headers: browser })
  t.equal(status, 400)
  t.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  t.match(text, '&lt;script&gt; is not known here')
  t.notMatch(text, /<script|style=/)
  t.equal((await ask('/nowhere', { headers: browser })).headers.get('content-type'), 'text/html; charset=utf-8')
  t.equal((await ask('/nowhere', { headers: { accept: 'application/json, text/html' } })).headers.get('content-type'), 'application/problem+json')
})

await t.test('paths and methods that are not there are told as such', async (t) => {
  for (const path of ['/nowhere', '/api', '/api/v2/echo', '/echo/', '/ECHO', '/echo/more', '/hello/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/.env', '/assets/', '/act/']) {
    t.match(await ask(path), { status: 404, problem: { code: 'PATH_UNKNOWN' } }, path)
  }
  for (const [method, path, allow] of [['POST', '/echo', 'GET, HEAD'], ['DELETE', '/api/v1/echo', 'GET, HEAD'], ['OPTIONS', '/hello', 'GET, HEAD'], ['GET', '/act/x', 'POST'], ['PUT', '/api/v1/act/x', 'POST']] as const) {
    const answer = await ask(path, { method })
    t.match(answer, { status: 405, problem: { code: 'METHOD_NOT_ALLOWED' } }, `${method} ${path}`)
    t.equal(answer.headers.get('allow'), allow)
  }
  t.match(await ask('/echo/%zz'), { status: 400, problem: { code: 'REQUEST_MALFORMED' } })
  t.match(await raw('TRACE /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 405 /)
  t.match(await raw('no request\r\n\r\n'), /^HTTP\/1.1 400 [^]*"code":"REQUEST_MALFORMED"/)
  t.match(await raw(`GET /echo HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431 /)
})

await t.test('a page may load its own files only, and nobody may put it in a frame', async (t) => {
  for (const path of ['/hello', '/echo', '/nowhere', '/echo?x=1']) {
    const { headers } = await ask(path)
    const policy = headers.get('content-security-policy') ?? ''
    t.match(policy, /default-src 'none'/, path)
    t.match(policy, /frame-ancestors 'none'/)
    t.match(policy, /base-uri 'none'/)
    t.match(policy, /object-src 'none'/)
    t.notMatch(policy, /unsafe|https?:|\*/)
    t.match(Object.fromEntries(headers), { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'x-request-id': /^[0-9a-f-]{36}$/, 'strict-transport-security': /max-age=31536000/ })
    for (const name of ['access-control-allow-origin', 'set-cookie', 'server', 'x-powered-by']) t.equal(headers.get(name), null, name)
  }
})

await t.test('acting needs the token of an administrator, in the header', async (t) => {
  const { url } = await start(t, { tokens: tokensOf({ admin: `ann:${ADMIN_TOKEN},bob:another-token-of-bob`, reader: READER_TOKEN }) })
  const post = (headers: Record<string, string>, path = '/act/x') => ask(`${url}${path}`, { method: 'POST', body: '{"count":1}', headers: { 'content-type': 'application/json', ...headers } })
  const none = await post({})
  t.match(none, { status: 401, problem: { code: 'TOKEN_MISSING' } })
  t.equal(none.headers.get('www-authenticate'), 'Bearer realm="ohlcv"')
  t.match(await post({}, `/act/x?token=${ADMIN_TOKEN}`), { status: 401 })
  t.match(await post({ cookie: `token=${ADMIN_TOKEN}` }), { status: 401 })
  for (const header of [`Basic ${ADMIN_TOKEN}`, ADMIN_TOKEN, 'Bearer', `Bearer ${ADMIN_TOKEN}x`, `Bearer ${ADMIN_TOKEN.slice(1)}`, `Bearer ann:${ADMIN_TOKEN}`]) {
    const answer = await post({ authorization: header })
    t.match(answer, { status: 401, problem: { code: 'TOKEN_UNKNOWN' } }, header)
    t.match(answer.headers.get('www-authenticate'), 'invalid_token')
  }
  t.match(await post(bearer(READER_TOKEN)), { status: 403, problem: { code: 'TOKEN_READS_ONLY' } })
  t.match(await post(bearer(ADMIN_TOKEN)), { status: 202, text: /"who":"ann"/ })
  const bob = await post({ ...bearer('another-token-of-bob'), 'idempotency-key': 'k1' })
  t.match(bob, { status: 202, text: /"text":"x k1","times":1,"who":"bob"/ })
  t.equal(bob.headers.get('cache-control'), 'no-store')
  t.match(await ask('/act/x', { method: 'POST', headers: bearer(ADMIN_TOKEN) }), { status: 401 })
  t.match(await ask('/act/x', { method: 'POST' }), { status: 403, problem: { code: 'ACTING_OFF' } }, 'where there is no such token')
})

await t.test('with a token for readers nothing is told without one but what is open', async (t) => {
  const { url } = await start(t, { tokens: tokensOf({ admin: ADMIN_TOKEN, reader: READER_TOKEN }) })
  t.match(await ask(`${url}/echo`), { status: 401, problem: { code: 'TOKEN_MISSING' } })
  t.match(await ask(`${url}/echo?token=${READER_TOKEN}`), { status: 401 })
  for (const token of [READER_TOKEN, ADMIN_TOKEN]) {
    const { status, headers } = await ask(`${url}/echo`, { headers: bearer(token) })
    t.same([status, headers.get('cache-control')], [200, 'private, no-cache'])
  }
  t.equal((await ask(`${url}/hello`)).text, 'hello everybody')
  t.equal((await ask(`${url}/hello`, { headers: bearer('no-token-that-is-known') })).text, 'hello everybody')
  t.equal((await ask(`${url}/hello`, { headers: bearer(READER_TOKEN) })).text, 'hello reader', 'and what is kept for one is not told another')
})

await t.test('tokens that are none end the start, and are not repeated', (t) => {
  for (const tokens of [{ admin: 'short' }, { reader: 'short' }, { admin: 'ann:short' }, { admin: `ann:${ADMIN_TOKEN},` }, { reader: `with a space ${READER_TOKEN}` }, { admin: 'é'.repeat(20) }]) {
    const error = (() => {
      try {
        return tokensOf(tokens)
      } catch (thrown) {
        return thrown
      }
    })()
    t.match(error, { code: 'TOKEN_INVALID', message: /^OHLCV_(ADMIN|READER)_TOKEN holds no token/ })
    for (const token of Object.values(tokens)) t.notOk((error as Error).message.includes(token.replace('ann:', '')))
  }
  t.end()
})

await t.test('a body is JSON, an object of fields that are known, and not too long', async (t) => {
  const { url } = await start(t, { tokens: TOKENS })
  const post = (body: string, type: string | null = 'application/json') => ask(`${url}/act/x`, { method: 'POST', body: Buffer.from(body), headers: { ...bearer(ADMIN_TOKEN), ...(type !== null && { 'content-type': type }) } })
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json', null]) t.match(await post('{"count":1}', type), { status: 415, problem: { code: 'MEDIA_TYPE' } }, String(type))
  t.equal((await post('{"count":1}', 'application/json; charset=utf-8')).status, 202)
  const cases: [string, RegExp][] = [
    ['[]', /^the body must be a JSON object/], ['null', /^the body must be/], ['1', /^the body must be/], ['{}', /^body: count is missing/], ['{"count":"1"}', /^body: count must be number/], ['{"count":1,"x":1}', /^body: x is not known/],
    ['{"count":1,"more":{"a":"\\u0000"}}', /^body: control characters/], ['{"count":1,"more":{"a":"\\ud800"}}', /^body: control characters/],
    [`{"count":1,"more":${'['.repeat(9000)}${']'.repeat(9000)}}`, /^the body is nested more than 16 deep/],
  ]
  for (const [body, detail] of cases) t.match(await post(body), { status: 400, problem: { code: 'REQUEST_INVALID', detail } }, body)
  for (const body of ['', '{', '{"count":1}}', '{"__proto__":{"polluted":1},"count":1}', '{"count":1,"more":{"constructor":{"prototype":{"polluted":"1"}}}}']) t.match(await post(body), { status: 400, problem: { code: 'REQUEST_MALFORMED' } }, body)
  t.match(await post(`{"count":1,"more":{"a":"${'x'.repeat(LIMITS.body)}"}}`), { status: 413, problem: { code: 'BODY_TOO_LARGE' } })
})

await t.test('a client that asks too often waits, whatever it says of itself; others do not', async (t) => {
  const limits = { ...LIMITS, perMinute: 3 }
  const { url } = await start(t, { limits })
  const statuses = []
  for (const at of [1, 2, 3, 4, 5]) statuses.push((await ask(`${url}${at === 2 ? '/nowhere' : '/hello'}`, { headers: { 'x-forwarded-for': `10.0.0.${at}`, forwarded: `for=10.0.0.${at}`, 'x-real-ip': `10.0.0.${at}` } })).status)
  t.same(statuses, [200, 404, 200, 429, 429], 'what is nowhere counts as well')
  const refused = await ask(`${url}/hello`)
  t.match(refused, { status: 429, problem: { code: 'TOO_MANY_REQUESTS' } })
  const seconds = Number(refused.headers.get('retry-after'))
  t.ok(seconds >= 1 && seconds <= 60, `again after ${seconds} s`)
  const behindProxy = await start(t, { limits, trustProxy: '127.0.0.1' })
  const told = []
  for (const client of ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2', '6.6.6.6, 10.0.0.1']) told.push((await ask(`${behindProxy.url}/hello`, { headers: { 'x-forwarded-for': client } })).status)
  t.same(told, [200, 200, 200, 429, 200, 429], 'behind a proxy, the address that the proxy saw counts')
})

await t.test('who is sent away and does not hang up is hung up on', async (t) => {
  const { url, app } = await start(t)
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  const [connection] = (await Promise.all([once(app.server, 'connection'), once(socket, 'connect')]))[0] as [Socket]
  const closed = once(connection, 'close')
  socket.resume().write('no request\r\n\r\n')
  await once(socket, 'end')
  await closed
  t.equal(connection.destroyed, true)
})

await t.test('a thousand connections that send nothing do not stop others', async (t) => {
  const { port } = new URL(url)
  const idle = await Promise.all(Array.from({ length: 1000 }, async () => {
    const socket: Socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }))
  t.equal((await ask('/hello')).status, 200)
  for (const socket of idle) socket.destroy()
})

await t.test('each request is a line of the log, without what was asked and without tokens', async (t) => {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const { url, app } = await start(t, { log, tokens: TOKENS })
  const id = (await ask(`${url}/echo?text=asked-for`, { headers: bearer(ADMIN_TOKEN) })).headers.get('x-request-id')
  await ask(`${url}/echo?token=${ADMIN_TOKEN}`, { headers: bearer('a-wrong-token-of-somebody') })
  await ask(`${url}/echo?text=fault`, { headers: { cookie: 'session=of-somebody', 'x-api-key': 'key-of-somebody' } })
  await app.close()
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.match(told.find((line) => line['request_id'] === id), { method: 'GET', path: '/echo', status: 200, client: '127.0.0.1', access: 'admin', name: 'tester', ms: Number })
  t.match(told.find((line) => line['status'] === 401), { level: 40 })
  t.match(told.find((line) => line['level'] === 50), { err: { message: /select secret/ } }, 'what failed is told here')
  t.notMatch(lines.join(''), /asked-for|administrator|a-wrong-token|of-somebody/)
})
