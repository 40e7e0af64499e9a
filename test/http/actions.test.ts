import t from 'tap'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { startAction } from '../../lib/cli/commands/serve/start-action.js'
import { readSettings } from '../../lib/cli/framework/settings.js'
import { tokensOf } from '../../lib/http/framework/access.js'
import { holdAction, insertAction } from '../../lib/store/service/actions.js'
import type { ActRequest } from '../../lib/http/framework/site.js'
import { callProgram } from '../helpers/call-program.js'
import { ask, type Told } from '../helpers/contract.js'
import { freshDatabase } from '../helpers/database.js'
import { manyBars, putDayFile, registerSymbols, storedBars } from '../helpers/load.js'
import { NO_NETWORK } from '../helpers/no-network.js'
import { startProgram } from '../helpers/process.js'
import { FAULTS } from '../helpers/rest-faults.js'
import { startRestServer } from '../helpers/rest-server.js'
import { urlAs } from '../helpers/roles.js'
import { ADMIN_TOKEN, READER_TOKEN, startService } from '../helpers/service.js'

const database = await freshDatabase(t)
const { pool } = database
const root = t.testdir({})
const DATES = ['2025-01-06', '2025-01-07']
await registerSymbols(pool, manyBars(3).map((bar) => bar.split(',')[0]!))
for (const date of DATES) putDayFile(root, date, manyBars(3))

/** The environment of who acts: a login that loads and may not change the schema. */
const env = {
  PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...NO_NETWORK, DATABASE_URL: await urlAs(t, database, 'ohlcv_loader'), OHLCV_SOURCE: root, OHLCV_HOME: root, OHLCV_MAX_ACTIONS: '2',
}
const actingWith = (more: Record<string, string> = {}) => startAction({ env: { ...env, ...more }, settings: readSettings({}, env), log: pino({ enabled: false }) })
const tokens = tokensOf({ admin: `tester:${ADMIN_TOKEN}`, reader: READER_TOKEN })
const { url } = await startService(t, { pool, tokens, act: actingWith() })

const WINDOW = { interval: 'day', start: DATES[0]!, end: DATES[1]! }

interface Post {
  key?: string
  token?: string | null
  at?: string
}

function post(path: string, body: unknown, { key, token = ADMIN_TOKEN, at = url }: Post = {}): Promise<Told> {
  return ask(t, at, path, {
    method: 'POST', body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }), ...(key !== undefined && { 'idempotency-key': key }) },
  })
}

const get = async (path: string) => (await ask(t, url, path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).json as never

interface Told1 {
  action: { action_id: number; state: string; exit_code: number | null; code: string | null; requested_by: string; runs: { command: string; status: string }[] }
}

const idOf = ({ json }: Told): number => (json as { action_id: number }).action_id

/** An action once it is over. */
async function over(id: number): Promise<Told1['action']> {
  for (;;) {
    const { action } = await get(`/actions/${id}`) as Told1
    if (!['queued', 'running'].includes(action.state)) return action
    await delay(100)
  }
}

const kept = async () => (await pool.query<Record<string, unknown>>('select action_id, action, request, requested_by, requested_at > now() - interval \'1 minute\' as lately, exit_code from admin_actions order by action_id')).rows

await t.test('without the token of an administrator nothing is done, and nothing told of what was', async (t) => {
  const { url: off } = await startService(t, { pool, act: actingWith() })
  for (const [path, body] of [['/actions', { action: 'load', request: { dates: { sessions: 1 } } }], ['/ingestion/backfill', WINDOW]] as const) {
    t.match(await post(path, body, { token: null }), { status: 401, json: { code: 'TOKEN_MISSING' } })
    t.match(await post(path, body, { token: 'somebody-elses-token' }), { status: 401, json: { code: 'TOKEN_UNKNOWN' } })
    t.match(await post(path, body, { token: READER_TOKEN }), { status: 403, json: { code: 'TOKEN_READS_ONLY' } })
    t.match(await post(path, body, { token: null, at: off }), { status: 403, json: { code: 'ACTING_OFF' } })
  }
  for (const path of ['/actions', '/actions/1']) t.match(await ask(t, url, path, { headers: { authorization: `Bearer ${READER_TOKEN}` } }), { status: 403 })
  t.same(await kept(), [])
})

await t.test('what cannot be followed is refused by the name of its field, before a process begins', async (t) => {
  t.match(await post('/ingestion/backfill', { ...WINDOW, start: '2025-02-30' }), { status: 400, json: { detail: 'body: start must be a date, YYYY-MM-DD' } })
  t.match(await post('/ingestion/backfill', { ...WINDOW, end: '2025-01-05' }), { status: 400, json: { detail: /runs backwards/ } })
  t.match(await post('/ingestion/backfill', { ...WINDOW, source: '/etc' }), { status: 400, json: { detail: 'body: source is not known here' } })
  t.match(await post('/actions', { action: 'load', request: { dates: { sessions: 1 }, source: { uri: '/etc' } } }), { status: 400, json: { detail: 'the request cannot be followed: source is no field of a request' } })
  t.match(await post('/actions', { action: 'drop', request: {} }), { status: 400, json: { detail: 'body: action must be one of load, fetch, backfill, explain' } })
  t.match(await post('/ingestion/backfill', WINDOW, { key: 'x'.repeat(256) }), { status: 400, json: { detail: 'header: idempotency-key must be 1 to 255 visible ASCII characters' } })
  t.match(await get('/actions/preview?interval=day&start=2025-01-04&end=2025-01-08&only=incomplete'), {
    total: 3, checked: 0, dates: [{ date: '2025-01-06', state: 'not_loaded' }, { date: '2025-01-07' }, { date: '2025-01-08' }],
  })
  t.same(await kept(), [])
})

await t.test('two posts at once with one key are one action, which a login that may not change the schema does', async (t) => {
  const both = await Promise.all([post('/ingestion/backfill', WINDOW, { key: 'one' }), post('/ingestion/backfill', WINDOW, { key: 'one' })])
  t.same(both.map(({ status }) => status), [202, 202])
  t.equal(both.filter(({ json }) => (json as { existing: boolean }).existing).length, 1)
  t.same(both.map(idOf), [idOf(both[0]), idOf(both[0])])
  t.match(await over(idOf(both[0])), {
    action: 'backfill', state: 'done', exit_code: 0, code: null, requested_by: 'tester', request: { ...WINDOW, assets: null }, runs: [{ command: 'load', status: 'succeeded', done: 2, planned: 2 }],
  })
  t.equal((await storedBars(pool, DATES[1]!)).length, 3)
  t.match(await get('/actions/preview?interval=day&start=2025-01-06&end=2025-01-07'), { total: 0, checked: 2, dates: [] })

  await t.test('asked for again it is left as it is; the key is good for nothing else', async (t) => {
    t.match(await post('/ingestion/backfill', WINDOW, { key: 'one' }), { status: 202, json: { action_id: idOf(both[0]), existing: true } })
    t.match(await post('/ingestion/backfill', { ...WINDOW, end: '2025-01-06' }, { key: 'one' }), { status: 409, json: { code: 'ACTION_KEY_USED' } })
  })

  await t.test('who asked, when and for what is kept, and nothing secret', async (t) => {
    const rows = await kept()
    t.match(rows, [{ action: 'backfill', requested_by: 'tester', lately: true, exit_code: 0 }])
    t.equal(rows.length, 1)
    t.notMatch(JSON.stringify((await pool.query('select * from admin_actions')).rows), new RegExp(`${ADMIN_TOKEN}|only for tests|${root}`))
  })
})

await t.test('one that cannot be done has failed, with the code of why', async (t) => {
  const told = await post('/actions', { action: 'explain', request: { ids: [77], reason: 'halted' } })
  t.match(await over(idOf(told)), { state: 'failed', exit_code: 2, code: 'FINDING_UNKNOWN', runs: [{ command: 'quality', status: 'failed' }] })
})

await t.test('a fetch asks providers as the command does, and tells by the type of securities how far it has come', async (t) => {
  const server = await startRestServer()
  t.teardown(() => server.close())
  await registerSymbols(pool, ['SPY', 'VUG', 'AAPL'])
  await pool.query(`update tickers set type = case symbol when 'AAPL' then 'CS' else 'ETF' end where symbol in ('SPY', 'VUG', 'AAPL')`)
  // In this process: what a process of its own has more is seen in the others.
  const actHere = async (given: Record<string, string>, { requestedBy: requested_by, idempotencyKey: idempotency_key, ...wanted }: ActRequest) => {
    const { stdout } = await callProgram(['act', '--json'], { ...env, ...server.env, ...given }, { input: JSON.stringify({ ...wanted, requested_by, idempotency_key }) })
    const { action_id: actionId, existing } = JSON.parse(stdout) as { action_id: number; existing: boolean }
    return { actionId, existing }
  }
  const fetched = async (given: Record<string, string>) => {
    const { url: at } = await startService(t, { pool, tokens, act: (wanted) => actHere(given, wanted) })
    const request = { symbols: 'all', type: 'ETF', timespans: ['day'], dates: { start: '2025-03-03', end: '2025-03-14' }, provider: 'massive' }
    const told = await post('/actions', { action: 'fetch', request }, { at })
    t.equal(told.status, 202)
    return await get(`/actions/${idOf(told)}`) as unknown
  }
  t.match(await fetched({}), { action: { state: 'done', exit_code: 0, runs: [{ command: 'fetch', status: 'succeeded', done: 2, planned: 2 }] }, securities: [{ type: 'ETF', planned: 2, done: 2, failed: 0 }] })
  t.match((await pool.query(`select symbol, count(*) from ohlcv_daily join tickers using (symbol_id) where time >= '2025-03-03' group by symbol order by symbol`)).rows, [{ symbol: 'SPY', count: 10 }, { symbol: 'VUG', count: 10 }])
  server.fault = ({ url }) => (url.includes('/VUG/range/') ? FAULTS.html : undefined)
  t.match(await fetched({}), { action: { state: 'failed', exit_code: 3, code: null, runs: [{ status: 'failed', done: 2, planned: 2 }] }, securities: [{ type: 'ETF', planned: 2, done: 2, failed: 1 }] })
  t.match(await fetched({ MASSIVE_API_KEY: '' }), { action: { state: 'failed', exit_code: 2, code: 'PROVIDER_KEY_MISSING', runs: [] }, securities: [] })
})

await t.test('more than may be at once are refused; who ended without a word is told to have died', async (t) => {
  const holder = await pool.connect()
  const ids = []
  for (const requestedBy of ['a', 'b']) ids.push(await insertAction(pool, { action: 'load', request: {}, requestedBy, idempotencyKey: null }))
  for (const id of ids) await holdAction(holder, id)
  const refused = await post('/actions', { action: 'load', request: { dates: { sessions: 1 } } })
  t.match(refused, { status: 429, json: { code: 'ACTIONS_AT_ONCE' } })
  t.equal(refused.headers.get('retry-after'), '60')
  t.match(await get('/actions?limit=1'), { actions: [{ action_id: ids[1], state: 'queued' }], next_cursor: /./ })
  holder.release(true)
  t.match(await Promise.all(ids.map(over)), [{ state: 'died', exit_code: null }, { state: 'died' }])
})

await t.test('a process that is killed at its work leaves an action that died, and a run that did', async (t) => {
  const { url: at } = await startService(t, { pool, tokens, act: actingWith({ OHLCV_FAILPOINT: 'run-opened' }) })
  const told = await post('/actions', { action: 'load', request: { dates: { start: DATES[0], end: DATES[1] } } }, { at })
  t.match(await over(idOf(told)), { state: 'died', exit_code: null, runs: [{ command: 'load', status: 'died' }] })
})

await t.test('an action goes on when the service is killed', async (t) => {
  putDayFile(root, '2025-01-08', manyBars(3))
  const { DATABASE_URL: acting, ...others } = env
  const serving = startProgram(t, ['serve', '--port', '0', '--vendors-every', '0'], { ...others, DATABASE_URL: database.url, OHLCV_ACTING_DATABASE_URL: acting, OHLCV_ADMIN_TOKEN: `tester:${ADMIN_TOKEN}` })
  const at = /http:\/\/127\.0\.0\.1:\d+/.exec(await serving.says(/http:\/\/127\.0\.0\.1:\d+/))![0]
  const told = await post('/actions', { action: 'load', request: { dates: { start: '2025-01-08', end: '2025-01-08' } } }, { at })
  serving.kill('SIGKILL')
  t.match(await over(idOf(told)), { state: 'done', runs: [{ command: 'load', status: 'succeeded', done: 1 }] })
  t.match(await serving.ended, { signal: 'SIGKILL' })
  t.equal((await storedBars(pool, '2025-01-08')).length, 3)
})
