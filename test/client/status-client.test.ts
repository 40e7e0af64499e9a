import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { build } from 'esbuild'
import { pagesOf, StatusClient, StatusError } from '../../lib/client/status-client.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { freshDatabase } from '../helpers/database.js'
import { ADMIN_TOKEN, startService, TOKENS } from '../helpers/service.js'
import { insertDay, insertRun, insertSymbols } from '../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
const { url } = await startService(t, { pool, tokens: TOKENS })
await insertSymbols(pool, [[1, 'A'], [2, 'B']])
for (const date of ['2016-11-21', '2016-11-22', '2016-11-23']) await insertDay(pool, date, { runId: await insertRun(pool), bars: 2 })

/** A server of one answer. */
async function server(answer: RequestListener): Promise<string> {
  const http = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => void http.once('listening', resolve))
  t.teardown(async () => {
    http.closeAllConnections()
    await new Promise((resolve) => void http.close(resolve))
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

/** The error that a question ends with. */
async function errorOf(question: Promise<unknown>): Promise<StatusError> {
  const error: unknown = await question.then(() => undefined, (failed: unknown) => failed)
  if (!(error instanceof StatusError)) throw new Error(`not a StatusError: ${String(error)}`)
  return error
}

await t.test('each list and document has a method, and pages follow each other', async (t) => {
  const client = new StatusClient({ baseUrl: `${url}/` })
  const summary = await client.summary()
  t.equal(summary.schema, 'ohlcv.summary/1')
  t.match(await client.lineage({ asset: 'A', start: '2016-11-21', end: '2016-11-23' }), { asset: 'A', bars: 3, ranges: [{ kind: 'file', bars: 3 }] })
  const times: string[] = []
  for await (const { bars } of pagesOf((cursor) => client.bars({ asset: 'B', limit: 2, ...(cursor !== undefined && { cursor }) }))) times.push(...bars.map(({ time }) => time))
  t.same(times, ['2016-11-21', '2016-11-22', '2016-11-23'])
  t.same((await client.runs({ limit: 2 })).runs.map(({ run_id: id }) => id), [3, 2])
  t.match(await client.run(3), { run: { run_id: 3, status: 'succeeded' } })
  const empty = [await client.remediation(), await client.findings(), await client.revisions({ asset: 'A' }), await client.rejects(), await client.failures(), await client.quality({ start: '2016-11-21' }), await client.alerts()]
  t.same(empty.map(({ schema, next_cursor: next }) => [schema, next]), ['remediation', 'findings', 'revisions', 'rejects', 'failures', 'quality', 'alerts'].map((name) => [`ohlcv.service-${name}/1`, null]))
  t.match(await errorOf(client.alert(1)), { status: 404, code: 'ALERT_UNKNOWN' })
  t.match(await client.session(), { schema: 'ohlcv.session/1', access: 'everybody' })
  t.match(await client.days({ start: '2016-11-21', end: '2016-11-22' }), { days: [{ date: '2016-11-21' }, { date: '2016-11-22' }] })
  t.match([await client.day('2016-11-21'), await client.asset('A')], [{ date: '2016-11-21' }, { asset: 'A' }])
  t.match((await client.assets({ q: 'B' })).assets, [{ asset: 'B' }])
  t.match(await client.preview({ start: '2016-11-21', end: '2016-11-25' }), { schema: 'ohlcv.service-preview/1' })
  const [head, ...rows] = (await client.csv('/bars', { asset: 'A', limit: 1 })).trim().split('\n')
  t.match(head, /^time,asset,open/)
  t.same(rows.map((row) => row.slice(0, 12)), ['2016-11-21,A', '2016-11-22,A', '2016-11-23,A'], 'of CSV all pages are read')
})

await t.test('what is to be done is sent with the token and the key of the question', async (t) => {
  const asked: unknown[] = []
  const { url: acting } = await startService(t, { pool, tokens: TOKENS, act: async (request) => {
    asked.push(request)
    return { actionId: 7, existing: false }
  } })
  const client = new StatusClient({ baseUrl: acting, token: ADMIN_TOKEN })
  t.match(await client.backfill({ interval: 'day', start: '2016-11-21', end: '2016-11-25' }, { idempotencyKey: 'key-1' }), { action_id: 7, existing: false })
  t.match(asked, [{ action: 'backfill', requestedBy: 'tester', idempotencyKey: 'key-1' }])
  t.match(await client.act({ action: 'explain', request: { ids: [1], reason: 'it is so' } }), { action_id: 7 })
  t.match(await client.testAlerts(), { action_id: 7 })
  t.match(await errorOf(client.muteAlert(1, { until: '2126-01-01T00:00:00Z' })), { status: 404, code: 'ALERT_UNKNOWN' })
  t.match(await errorOf(client.acknowledgeAlert(1)), { status: 404, code: 'ALERT_UNKNOWN' })
  t.match(asked.slice(2), [{ action: 'test_alerts' }])
  t.match(await client.actions(), { actions: { length: 0 }, next_cursor: null })
  t.match(await errorOf(client.action(1)), { status: 404 })
})

await t.test('a problem is an error with its fields', async (t) => {
  const client = new StatusClient({ baseUrl: url })
  t.match(await errorOf(client.bars({ asset: 'NOPE' })), { name: 'StatusError', status: 404, code: 'SYMBOL_UNKNOWN', title: 'Not Found', type: '/problems/SYMBOL_UNKNOWN', detail: /NOPE/, message: /NOPE/, requestId: /./, retryAfter: null })
  t.match(await errorOf(new StatusClient({ baseUrl: url, token: 'of nobody' }).runs()), { status: 401, code: 'TOKEN_UNKNOWN' })
  const busy = await server((_request, response) => void response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '7' }).end('{"type":"/problems/TOO_MANY","title":"x","status":429,"code":"TOO_MANY","detail":"wait","request_id":"1"}'))
  t.match(await errorOf(new StatusClient({ baseUrl: busy }).runs()), { code: 'TOO_MANY', retryAfter: 7 })
})

await t.test('what is no answer of the service, and none at all, are told apart', async (t) => {
  const proxy = await server((_request, response) => void response.writeHead(502).end('<html>'))
  t.match(await errorOf(new StatusClient({ baseUrl: proxy }).runs()), { status: 502, code: 'UNREADABLE' })
  const page = await server((_request, response) => void response.end('<html>'))
  t.match(await errorOf(new StatusClient({ baseUrl: page }).runs()), { status: 200, code: 'UNREADABLE' })
  const gone = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => void gone.once('listening', resolve))
  const { port } = gone.address() as AddressInfo
  await new Promise((resolve) => void gone.close(resolve))
  t.match(await errorOf(new StatusClient({ baseUrl: `http://127.0.0.1:${port}` }).runs()), { status: 0, code: 'UNREACHABLE' })
})

await t.test('an answer that is as it was is not sent again, and is the same object; the token goes into no address', async (t) => {
  const seen: string[] = []
  const tagged = await server((request, response) => {
    seen.push(`${request.url} ${request.headers.accept} ${request.headers.authorization} ${request.headers['if-none-match'] ?? '-'}`)
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end()
    else response.writeHead(200, { etag: '"1"' }).end('{"schema":"x"}')
  })
  const client = new StatusClient({ baseUrl: tagged, token: ADMIN_TOKEN })
  const first = await client.runs({ limit: 2 })
  t.equal(await client.runs({ limit: 2 }), first)
  t.not(await client.runs({ limit: 3 }), first)
  const head = `application/json Bearer ${ADMIN_TOKEN}`
  t.same(seen, [`/api/v1/ingestion/runs?limit=2 ${head} -`, `/api/v1/ingestion/runs?limit=2 ${head} "1"`, `/api/v1/ingestion/runs?limit=3 ${head} -`])
})

await t.test('a signal ends a question with its own reason', async (t) => {
  const silent = await server(() => {})
  const ended = new AbortController()
  const asked = [new StatusClient({ baseUrl: silent }).runs({}, { signal: ended.signal }), new StatusClient({ baseUrl: silent, signal: ended.signal }).runs({}, { signal: new AbortController().signal })]
  ended.abort(new Error('left'))
  for (const question of asked) await t.rejects(question, { message: 'left' })
})

await t.test('what a browser loads of it is the client alone, by the name of the package too', async (t) => {
  const { metafile } = await build({ stdin: { contents: `export * from 'ohlcv/status-client'`, resolveDir: PACKAGE_ROOT }, bundle: true, write: false, metafile: true, format: 'esm', platform: 'browser', logLevel: 'silent' })
  t.same(Object.keys(metafile.inputs).filter((file) => file !== '<stdin>').map((file) => file.replace(/^.*dist\//, '')).sort(), ['lib/client/asker.js', 'lib/client/status-client.js', 'lib/client/status-error.js'])
})
