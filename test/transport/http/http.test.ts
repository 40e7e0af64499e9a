import { once } from 'node:events'
import { execFile } from 'node:child_process'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { PACKAGE_ROOT } from '../../../lib/domain/version.js'
import { baseUrl } from '../../../lib/transport/http/base-url.js'
import { HttpFailure } from '../../../lib/transport/http/failure.js'
import { HttpClient, type HttpAnswer } from '../../../lib/transport/http/http.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import { startRestServer } from '../../helpers/rest-server.js'
import { makeCertificate } from '../../helpers/tls-server.js'
import { until } from '../../helpers/until.js'

const signal = new AbortController().signal

function clientOf(t: Test, url: string, timeoutMs = 5000, connections = 4): HttpClient {
  const client = new HttpClient({ base: baseUrl(url, 'BASE'), timeoutMs, connections })
  t.teardown(() => client.close())
  return client
}

async function serve(t: Test, handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function failureOf(asked: Promise<HttpAnswer>): Promise<HttpFailure> {
  const failure = await asked.then(() => undefined, (error: unknown) => error)
  if (!(failure instanceof HttpFailure)) throw new Error(`no HttpFailure but ${String(failure)}`)
  return failure
}

await t.test('an answer comes whole and decoded, whatever its status, by connections that are kept', async (t) => {
  const server = await startRestServer()
  t.teardown(() => server.close())
  const http = clientOf(t, server.url)
  const headers = { authorization: `Bearer ${server.key}` }
  const { status, body, bytes, retryAfter } = await http.get('/v2/aggs/ticker/SPY/range/1/day/2025-01-01/2025-12-31?adjusted=false', headers, signal)
  t.same([status, retryAfter], [200, null])
  t.equal((JSON.parse(body.toString()) as { results: unknown[] }).results.length, 250)
  t.ok(bytes < body.length / 2, 'it was gzip')
  for (let times = 0; times < 3; times++) t.equal((await http.get('/v3/reference/tickers/NONE', headers, signal)).status, 404)
  t.equal(server.requests[0]!.headers['accept-encoding'], 'gzip, deflate')
  server.fault = () => FAULTS.limitedFor('Wed, 21 Oct 2026 07:28:00 GMT')
  t.match(await http.get('/x', {}, signal), { status: 429, retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' })
})

await t.test('no more connections are made than there may be, and they are used again', async (t) => {
  const ports = new Set<number | undefined>()
  const http = clientOf(t, await serve(t, (request, response) => {
    ports.add(request.socket.remotePort)
    setTimeout(() => response.end('{}'), 5)
  }), 5000, 2)
  await Promise.all(Array.from({ length: 20 }, () => http.get('/', {}, signal)))
  t.equal(ports.size, 2)
})

await t.test('each way of compressing that was asked for is read, and no other', async (t) => {
  const text = Buffer.from('{"some":"text"}'.repeat(20))
  const ways: Record<string, [string, Buffer]> = {
    '/gzip': ['gzip', gzipSync(text)], '/x': ['X-GZIP', gzipSync(text)], '/zlib': ['deflate', deflateSync(text)], '/bare': ['deflate', deflateRawSync(text)], '/plain': ['identity', text],
    '/none': ['gzip', Buffer.alloc(0)], '/br': ['br', text], '/twice': ['gzip, gzip', gzipSync(gzipSync(text))], '/damaged': ['deflate', deflateSync(text).subarray(0, 12)],
  }
  const http = clientOf(t, await serve(t, ({ url }, response) => {
    const [encoding, body] = ways[url!]!
    response.writeHead(200, { 'content-encoding': encoding }).end(body)
  }))
  for (const way of ['/gzip', '/x', '/zlib', '/bare', '/plain']) t.equal((await http.get(way, {}, signal)).body.toString(), text.toString(), way)
  t.equal((await http.get('/none', {}, signal)).body.length, 0)
  for (const way of ['/br', '/twice', '/damaged']) t.match(await failureOf(http.get(way, {}, signal)), { code: 'HTTP_ENCODING', status: 200 }, way)
})

await t.test('redirects are followed on the same server, below no prefix of ours, and three at most', async (t) => {
  const seen: [string, string | undefined][] = []
  const url = await serve(t, (request, response) => {
    seen.push([request.url!, request.headers.authorization])
    const to: Record<string, string> = { '/base/a': '/base/b?x=1', '/base/b?x=1': 'c', '/base/nowhere': '', '/base/other': 'http://elsewhere.invalid:81/', '/base/scheme': '//elsewhere.invalid/' }
    const location = to[request.url!]
    if (location === undefined && request.url !== '/base/circle') response.end('there')
    else response.writeHead(307, location === '' ? {} : { location: location ?? '/base/circle' }).end()
  })
  const http = clientOf(t, `${url}/base`)
  t.equal((await http.get('/a', { authorization: 'key' }, signal)).body.toString(), 'there')
  t.same(seen, [['/base/a', 'key'], ['/base/b?x=1', 'key'], ['/base/c', 'key']])
  t.match(await failureOf(http.get('/nowhere', {}, signal)), { code: 'HTTP_REDIRECTED', status: 307, again: false, message: /to nowhere/ })
  t.match(await failureOf(http.get('/other', {}, signal)), { code: 'HTTP_REDIRECTED', message: /http:\/\/elsewhere\.invalid:81, which is another server/ })
  t.match(await failureOf(http.get('/scheme', {}, signal)), { code: 'HTTP_REDIRECTED' })
  seen.length = 0
  t.match(await failureOf(http.get('/circle', {}, signal)), { code: 'HTTP_REDIRECTED', message: /more than 3 times/ })
  t.equal(seen.length, 4)
})

await t.test('each way to fail has its code, says whether it may pass, and keeps no cause', async (t) => {
  const server = await startRestServer()
  t.teardown(() => server.close())
  const http = clientOf(t, server.url, 5000)
  const cases: ['reset' | 'cut' | 'tooShort' | 'damagedGzip' | 'cutGzip' | 'huge' | 'bomb' | 'redirectElsewhere' | 'redirectInCircles', Partial<HttpFailure>][] = [
    ['reset', { code: 'HTTP_UNREACHABLE', again: true, sent: true, status: null }],
    ['cut', { code: 'HTTP_CUT', again: true, status: 200 }],
    ['tooShort', { code: 'HTTP_CUT', again: true, status: 200 }],
    ['damagedGzip', { code: 'HTTP_ENCODING', again: true }],
    ['cutGzip', { code: 'HTTP_ENCODING', again: true }],
    ['huge', { code: 'HTTP_TOO_LARGE', again: false }],
    ['bomb', { code: 'HTTP_TOO_LARGE', again: false }],
    ['redirectElsewhere', { code: 'HTTP_REDIRECTED', again: false }],
    ['redirectInCircles', { code: 'HTTP_REDIRECTED', again: false }],
  ]
  for (const [name, expected] of cases) {
    server.fault = () => FAULTS[name]
    const failure = await failureOf(http.get('/v2/aggs/ticker/SPY/range/1/day/2025-01-01/2025-12-31?adjusted=false', { authorization: `Bearer ${server.key}` }, signal))
    t.match(failure, expected, name)
    t.notOk('cause' in failure)
  }
})

await t.test('a request ends in time, whether nothing comes or a byte now and then', async (t) => {
  const server = await startRestServer()
  t.teardown(() => server.close())
  const http = clientOf(t, server.url, 500)
  server.fault = () => FAULTS.delay(10_000)
  t.match(await failureOf(http.get('/v3/reference/tickers/SPY', {}, signal)), { code: 'HTTP_TIMEOUT', status: null, again: true, sent: true, message: /gave no answer within 0\.5 s/ })
  server.fault = () => ({ dripMs: 20 })
  const begun = performance.now()
  t.match(await failureOf(http.get('/v3/reference/tickers/SPY', {}, signal)), { code: 'HTTP_TIMEOUT', status: 401, again: true, message: /had sent \d+ bytes/ })
  t.ok(performance.now() - begun < 5000)
})

await t.test('a request ends at once when it is aborted, by the reason', async (t) => {
  const server = await startRestServer({ fault: () => FAULTS.delay(10_000) })
  t.teardown(() => server.close())
  const http = clientOf(t, server.url)
  const stop = new AbortController()
  const asked = http.get('/', {}, stop.signal)
  await until(() => server.requests.length > 0)
  stop.abort(new Error('stopped'))
  await t.rejects(asked, { message: 'stopped' })
  await t.rejects(http.get('/', {}, AbortSignal.abort(new Error('before'))), { message: 'before' })
  t.equal(server.requests.length, 1)
})

await t.test('a server that cannot be reached is named with what is wrong, and nothing was sent', async (t) => {
  const url = await serve(t, () => {})
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  gone.close()
  await once(gone, 'close')
  t.match(await failureOf(clientOf(t, `http://127.0.0.1:${port}`).get('/', {}, signal)), { code: 'HTTP_UNREACHABLE', sent: false, again: true, message: `127.0.0.1:${port} cannot be reached: it refuses connections` })
  t.match(await failureOf(clientOf(t, 'http://nobody.invalid').get('/', {}, signal)), { code: 'HTTP_UNREACHABLE', sent: false, again: true, message: /^nobody\.invalid cannot be reached: .*DNS/ })
  t.match(await failureOf(clientOf(t, url.replace('http:', 'https:')).get('/', {}, signal)), { sent: false })
})

await t.test('a certificate that nobody known has signed is refused, and so is one for another name', async (t) => {
  const { certificate, key } = makeCertificate(t.testdir({}), 'rest')
  const server = await startRestServer({ tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') } })
  t.teardown(() => server.close())
  t.match(await failureOf(clientOf(t, server.url).get('/', {}, signal)), { code: 'HTTP_TLS', again: false, sent: false, message: /cannot be trusted: DEPTH_ZERO_SELF_SIGNED_CERT/ })
  // Whom node trusts is settled when a process starts.
  const script = `
    import { HttpClient } from ${JSON.stringify(path.join(PACKAGE_ROOT, 'dist/lib/transport/http/http.js'))}
    const origin = process.argv[1]
    const http = new HttpClient({ base: { origin, prefix: '' }, timeoutMs: 5000, connections: 1 })
    console.log(await http.get('/', {}, new AbortController().signal).then(({ status }) => status, ({ code, message }) => code + ' ' + message))
    await http.close()`
  const asked = async (url: string) => (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, url], { env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate } })).stdout.trim()
  const { port } = new URL(server.url)
  t.same(await Promise.all([asked(server.url), asked(`https://localhost:${port}`)]), [`HTTP_TLS 127.0.0.1:${port} cannot be trusted: ERR_TLS_CERT_ALTNAME_INVALID`, '401'])
  t.equal(server.requests.length, 1, 'only the one who named it rightly sent a request')
})
