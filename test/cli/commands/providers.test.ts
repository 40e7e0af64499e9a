import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { providers } from '../../../lib/cli/commands/providers/group.js'
import { addMetrics } from '../../../lib/store/fetches/metrics.js'
import { reserve } from '../../../lib/store/fetches/quota.js'
import { askedProvider } from '../../helpers/asked-provider.js'
import { callProgram } from '../../helpers/call-program.js'
import { embeddedHome } from '../../helpers/embedded-home.js'
import type { RestFault } from '../../helpers/rest-faults.js'
import { REST_KEY } from '../../helpers/rest-server.js'
import { runCommand } from '../../helpers/run-command.js'

const NOW = '2025-06-20T12:00:00Z'
const { pool, server } = await askedProvider(t)

const limits = path.join(t.testdir({}), 'providers.yaml')
const limited = (text: string) => writeFileSync(limits, `providers: { polygon: { priority: 1, tier: primary, ${text} } }\n`)
const tested = (name = 'massive', env: Record<string, string> = server.env, settings: Record<string, unknown> = {}) =>
  runCommand(providers, ['providers', 'test', name], { pool, env, settings, now: NOW })

await t.test('providers shows keys, limits, and what is used and left of them', async (t) => {
  limited('monthly_limit: 50000, per_minute: 5')
  await reserve(pool, 'massive', { perSecond: null, perMinute: null, perDay: null, perMonth: null }, 3)
  await addMetrics(pool, 'massive', { requests: 8, succeeded: 6, failed: 2, rateLimited: 0, bars: 0, bytes: 0, latencyMs: 0, expected: 0, counted: 0 })
  const { exitCode, json, text } = await runCommand(providers, ['providers'], { pool, env: server.env, settings: { providers: limits }, now: NOW })
  t.equal(exitCode, 0)
  t.match(json, { providers: [{
    name: 'massive', aliases: ['polygon'], tier: 'primary', priority: 1, key: { variable: 'MASSIVE_API_KEY', set: true },
    second: { limit: null, left: null }, minute: { limit: 5, used: 3, left: 2 },
    day: { limit: null, used: 3, left: null, renewed_at: '2025-06-21T00:00:00.000Z' }, month: { limit: 50_000, used: 3, left: 49_997, renewed_at: '2025-07-01T00:00:00.000Z' },
    success_percent: 75, median_ms: null, enabled: true, score: 0.75, rest: null,
  }] })
  const [, row] = text.split('\n')
  t.match(row, /^massive, polygon +primary +1 +set +no limit +3 of 5 +2 +3 +- +3 of 50,000 +49,997 +75\.0 % +- +0\.75$/)
  t.notMatch(text + JSON.stringify(json), REST_KEY)
})

await t.test('who is not asked at the moment is told, why, and until when', async (t) => {
  limited('per_day: 3, enabled: false')
  await reserve(pool, 'massive', { perSecond: null, perMinute: null, perDay: null, perMonth: null }, 3)
  await pool.query(`insert into provider_rests (provider, failures, rests_until, code, message) values ('yahoo', 6, '2025-06-20T12:02:00Z', 'HTTP_TIMEOUT', 'yahoo did not answer'), ('stooq', 5, '2025-06-20T12:00:00Z', 'X', 'is over')`)
  const { json, text } = await runCommand(providers, ['providers'], { pool, settings: { providers: limits }, now: NOW })
  t.match((json['providers'] as { name: string }[]).find(({ name }) => name === 'yahoo'), { key: null, score: null, rest: { until: '2025-06-20T12:02:00.000Z', code: 'HTTP_TIMEOUT', message: 'yahoo did not answer' } })
  t.same(text.split('\n\n')[1]!.split('\n'), [
    'massive is not enabled: it is asked only where it is named',
    'massive: the limit of this day is used up, and renewed at 2025-06-21 00:00:00Z',
    'yahoo rests until 2025-06-20 12:02:00Z: yahoo did not answer',
  ])
})

await t.test('where there is no database it shows the rest and makes none, and a key that is not set is told', async (t) => {
  const home = embeddedHome(t)
  const { code, stdout } = await callProgram(['providers', '--json'], { OHLCV_HOME: home }, { cwd: path.dirname(home) })
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { providers: [{ name: 'massive', key: { variable: 'MASSIVE_API_KEY', set: false }, second: { limit: 50 }, month: { limit: 50_000, used: null, left: null }, success_percent: null }] })
  t.match((await callProgram(['providers'], { OHLCV_HOME: home })).stdout, /MASSIVE_API_KEY not set/)
  t.match(await callProgram(['providers', 'test', 'massive', '--json'], { OHLCV_HOME: home, ...server.env }), { code: 0, stdout: /"well": true/ })
  t.notOk(existsSync(home))
})

await t.test('a provider that answers is well, by any of its names, and the request is counted', async (t) => {
  for (const name of ['massive', 'polygon']) {
    const { exitCode, text, json } = await tested(name)
    t.equal(exitCode, 0)
    t.match(text, /^massive answers: 6 daily bars of AAPL in \d+ ms\.$/)
    t.match(json, { provider: 'massive', symbol: 'AAPL', well: true, problem: null, code: null, bars: 6, status: 200 })
  }
  t.equal(server.requests.length, 2, 'one request each')
  t.match(server.requests[0]!.url, /^\/v2\/aggs\/ticker\/AAPL\/range\/1\/day\/2025-06-06\/2025-06-13\?/)
  t.match((await pool.query(`select used from provider_quota where period = 'month'`)).rows, [{ used: 2 }])
  t.match((await pool.query('select requests, succeeded, bars from provider_metrics')).rows, [{ requests: 2, succeeded: 2, bars: 12 }])
})

await t.test('what is wrong is said in words, after one request', async (t) => {
  const page = '<html>Sign in</html>'
  const cases: [RestFault, string, RegExp, number | null][] = [
    [{ status: 401, body: '{"status":"ERROR","error":"Unknown API Key"}' }, 'key_refused', /^massive: the key is refused\.\n {2}massive refuses the key \(HTTP 401: Unknown API Key\) \(PROVIDER_KEY_REFUSED\)\n {2}check MASSIVE_API_KEY$/, 401],
    [{ status: 403, body: '{"status":"NOT_AUTHORIZED","message":"upgrade"}' }, 'plan', /^massive: the plan of the key does not cover daily bars\./, 403],
    [{ status: 429, body: '{}' }, 'limit', /^massive: a limit is used up\./, 429],
    [{ status: 500, body: '{}' }, 'unreachable', /^massive: it cannot be reached\./, 500],
    [{ reset: true }, 'unreachable', /^massive: it cannot be reached\./, null],
    [{ body: page }, 'format', /^massive: its answer has not the form that is known\.\n.*Sign in/, 200],
    [{ body: (whole: string) => whole.replaceAll('"c":', '"closing":') }, 'format', /"?c"? is missing/, 200],
    [{ rows: () => [] }, 'format', /has no bar of AAPL from 2025-06-06 to 2025-06-13/, 200],
    [{ status: 400, body: '{"error":"no"}' }, 'refused', /^massive: the request is refused\./, 400],
  ]
  for (const [fault, problem, words, status] of cases) {
    server.requests.length = 0
    server.fault = () => fault
    const { exitCode, text, json } = await tested()
    t.equal(exitCode, 3, problem)
    t.match(text, words)
    t.match(json, { well: false, problem, status })
    t.equal(server.requests.length, 1, problem)
    t.notMatch(text + JSON.stringify(json), REST_KEY)
  }
  t.match((await pool.query('select requests, failed, rate_limited from provider_metrics')).rows, [{ requests: cases.length, failed: cases.length, rate_limited: 1 }])
  server.fault = () => undefined
  t.match(await tested('massive', { ...server.env, MASSIVE_API_KEY: 'another' }), { exitCode: 3, json: { problem: 'key_refused' } })
  t.match(await tested('massive', { ...server.env, MASSIVE_API_BASE_URL: 'http://127.0.0.1:9' }), { exitCode: 3, json: { problem: 'unreachable', status: null } })
})

await t.test('a quota that is used up is told without a request', async (t) => {
  limited('per_day: 1')
  t.match(await tested('massive', server.env, { providers: limits }), { exitCode: 0 })
  t.match(await tested('massive', server.env, { providers: limits }), { exitCode: 3, json: { problem: 'limit', code: 'QUOTA_USED_UP', message: 'massive may be asked once a day, and 1 is used', status: null } })
  t.equal(server.requests.length, 1)
})

await t.test('without a key, or by a name that is nobody\'s, nothing is asked', async (t) => {
  await t.rejects(tested('massive', {}), { name: 'UsageError', code: 'PROVIDER_KEY_MISSING', message: 'MASSIVE_API_KEY environment variable not set' })
  await t.rejects(tested('yahooo'), { name: 'UsageError', code: 'PROVIDER_UNKNOWN', hint: 'there are: massive, alpha_vantage, stooq, yahoo' })
  t.equal(server.requests.length, 0)
})
