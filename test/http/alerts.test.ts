import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { startAction } from '../../lib/cli/commands/serve/start-action.js'
import { readSettings } from '../../lib/cli/framework/settings.js'
import { tokensOf } from '../../lib/http/framework/access.js'
import type { ActRequest } from '../../lib/http/framework/site.js'
import { callProgram } from '../helpers/call-program.js'
import { ask, type Told } from '../helpers/contract.js'
import { freshDatabase } from '../helpers/database.js'
import { NO_NETWORK } from '../helpers/no-network.js'
import { startProgram } from '../helpers/process.js'
import { urlAs } from '../helpers/roles.js'
import { ADMIN_TOKEN, READER_TOKEN, startService } from '../helpers/service.js'

const database = await freshDatabase(t)
const { pool } = database
const root = t.testdir({})
/** What a webhook took. */
const taken: string[] = []
const hook = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text)).on('end', () => {
    taken.push(body)
    response.end('ok')
  })
}).listen(0, '127.0.0.1')
await once(hook, 'listening')
t.teardown(() => hook.close())

const env = {
  PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...NO_NETWORK, DATABASE_URL: await urlAs(t, database, 'ohlcv_loader'), OHLCV_HOME: root,
  OHLCV_WEBHOOK_URL: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`, OHLCV_WEBHOOK_SECRET: 'a secret of the tests, long enough', OHLCV_STALE_AFTER_OF: 'SPY=30,minute_aggs=120',
}
const startProcess = startAction({ env, settings: readSettings({}, env), log: pino({ enabled: false }) })

/** What a process that acts does, in this one. */
async function actHere({ action, request, requestedBy, idempotencyKey }: ActRequest): Promise<{ actionId: number; existing: boolean }> {
  const { stdout } = await callProgram(['act', '--json'], env, { input: JSON.stringify({ action, request, requested_by: requestedBy, idempotency_key: idempotencyKey }) })
  const { action_id: actionId, existing } = JSON.parse(stdout) as { action_id: number; existing: boolean }
  return { actionId, existing }
}

const { url } = await startService(t, {
  pool, watch: ['AAPL', 'SPY'], tokens: tokensOf({ admin: `tester:${ADMIN_TOKEN}`, reader: READER_TOKEN }), act: (wanted) => (wanted.action === 'test_alerts' ? startProcess : actHere)(wanted),
})
const get = (path: string, token: string = READER_TOKEN) => ask(t, url, path, { headers: { authorization: `Bearer ${token}` } })
const post = (path: string, body?: unknown, token: string = ADMIN_TOKEN): Promise<Told> => ask(t, url, path, {
  method: 'POST', headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }),
})
const idsOf = ({ json }: Told) => (json as { alerts: { alert_id: number }[] }).alerts.map(({ alert_id: id }) => id)

/** An action that was taken on, once it is over. */
async function over({ json }: Told): Promise<unknown> {
  for (;;) {
    const { action } = (await get(`/actions/${(json as { action_id: number }).action_id}`, ADMIN_TOKEN)).json as { action: { state: string } }
    if (!['queued', 'running'].includes(action.state)) return action
    await delay(100)
  }
}

await pool.query(`
  insert into alerts (cause, topic, kind, severity, dataset, symbol, timespan, provider, parts, summary, hint, details, opened_at, seen_at, cleared_at, acknowledged_at, acknowledged_by, note) values
    ('a', 'a', 'stale', 'warning', 'day_aggs', null, 'day', 'massive', '{2026-11-19}', 'the file is late', 'load it: ohlcv load --date 2026-11-19', '{"lagMinutes": 62, "dates": ["2026-11-19"], "symbols": ["AAPL", "SPY"], "symbolCount": 2, "vendorState": "ok"}',
      now() - interval '2 hours', now(), null, null, null, null),
    ('b', 'b', 'gap', 'warning', 'day_aggs', 'AAPL', 'day', null, '{AAPL}', 'AAPL has gaps', null, '{}', now() - interval '1 hour', now(), now(), now(), 'ann', 'a private word'),
    ('c', 'c', 'schedule', 'info', null, null, null, null, '{2026-11-26}', 'tomorrow is a holiday', 'nothing', '{}', now(), now(), null, null, null, null);
  insert into notices (alert_id, event, document) values (1, 'opened', '{}'), (1, 'escalated', '{}');
  insert into deliveries (notice_id, channel, tries, sent_at, code, message) values (1, 'mail', 2, now(), null, null), (2, 'mail', 3, null, 'CHANNEL_UNREACHABLE', 'where mails go is private');
  update notices set created_at = now() - interval '1 hour';
  insert into alert_check (checked_at, milliseconds, troubles) values ('2026-11-20T17:00:00Z', 12, 3)`)

await t.test('alerts are listed, the latest first, as far as filters leave them, page by page', async (t) => {
  const all = await get('/alerts')
  t.same(idsOf(all), [3, 2, 1])
  t.match(all.json, { checked_at: '2026-11-20T17:00:00.000Z', undelivered: [{ channel: 'mail', notices: 1, code: 'CHANNEL_UNREACHABLE' }], next_cursor: null })
  t.match((all.json as { alerts: unknown[] }).alerts[2], { kind: 'stale', severity: 'warning', dataset: 'day_aggs', asset: null, interval: 'day', provider: 'massive', lag_minutes: 62, cleared_at: null })
  for (const [query, ids] of [['state=open', [3, 1]], ['state=cleared', [2]], ['kind=gap', [2]], ['severity=info', [3]], ['asset=SPY', [1]], ['asset=AAPL', [2, 1]], ['dataset=minute_aggs', []], ['provider=massive&state=open', [1]]] as const) {
    t.same(idsOf(await get(`/alerts?${query}`)), ids, query)
  }
  const first = await get('/alerts?limit=2')
  t.same(idsOf(first), [3, 2])
  t.same(idsOf(await get(`/alerts?limit=2&cursor=${(first.json as { next_cursor: string }).next_cursor}`)), [1])
  t.match((await get('/alerts?format=csv&kind=stale')).text, /^alert_id,kind,severity,summary,.*\n1,stale,warning,the file is late,day_aggs,,day,massive,62,/)
  t.match(await get('/alerts?kind=nothing'), { status: 400, json: { code: 'REQUEST_INVALID' } })
})

await t.test('one has what to do and who was told; who looks after it is for administrators', async (t) => {
  t.match((await get('/alerts/1')).json, {
    hint: 'load it: ohlcv load --date 2026-11-19', details: { dates: ['2026-11-19'], symbols: ['AAPL', 'SPY'], symbol_count: 2, vendor_state: 'ok' }, muted_until: null,
    told: [{ event: 'escalated', channel: 'mail', state: 'waiting', tries: 3, sent_at: null, code: 'CHANNEL_UNREACHABLE' }, { event: 'opened', state: 'sent', tries: 2 }],
  })
  t.match((await get('/alerts/2')).json, { acknowledged_by: null, note: null })
  t.match((await get('/alerts/2', ADMIN_TOKEN)).json, { acknowledged_by: 'ann', note: 'a private word' })
  t.match(await get('/alerts/9'), { status: 404, json: { code: 'ALERT_UNKNOWN' } })
})

await t.test('the summary has what is open, the last alert of all and of each asset, what is not delivered, and when it was looked', async (t) => {
  const { json } = await get('/status/summary')
  t.match(json, { alerts: { open: 1, last: { alert_id: 1 }, undelivered: [{ channel: 'mail', notices: 1 }] }, checker: { checked_at: '2026-11-20T17:00:00.000Z', late: true } }, 'news is not among them')
  const lasts = (json as { assets: { asset: string; interval: string; last_alert: { alert_id: number } | null }[] }).assets.filter(({ interval }) => interval === 'day').map(({ asset, last_alert: last }) => [asset, last?.alert_id])
  t.same(lasts, [['AAPL', 1], ['SPY', 1]], 'one that is open before one that is over')
})

await t.test('without the token of an administrator nothing is done', async (t) => {
  for (const [path, body] of [['/alerts/test', undefined], ['/alerts/1/acknowledge', {}], ['/alerts/1/mute', { until: '2126-01-01T00:00:00Z' }]] as const) t.match(await post(path, body, READER_TOKEN), { status: 403, json: { code: 'TOKEN_READS_ONLY' } })
  t.match(await post('/alerts/9/acknowledge', {}), { status: 404 })
  t.match(await post('/alerts/1/mute', {}), { status: 400, json: { detail: 'body: until is missing' } })
  t.match(await post('/alerts/1/mute', { until: 'tomorrow' }), { status: 400 })
  t.equal((await pool.query('select from admin_actions')).rowCount, 0)
})

await t.test('alerts are acknowledged and muted and a test is sent, by a process of its own, in the name of the token', async (t) => {
  const acts = [await post('/alerts/1/acknowledge', { note: 'I see to it' }), await post('/alerts/1/mute', { until: '2126-01-01T00:00:00Z', reason: 'known' }), await post('/alerts/test')]
  t.match(await Promise.all(acts.map(over)), [
    { action: 'acknowledge', state: 'done', code: null, requested_by: 'tester' }, { action: 'mute', state: 'done', code: null }, { action: 'test_alerts', state: 'done', code: null },
  ])
  t.match((await get('/alerts/1', ADMIN_TOKEN)).json, { acknowledged_by: 'tester', note: 'I see to it', muted_until: '2126-01-01T00:00:00.000Z' })
  t.match(taken.map((body) => JSON.parse(body) as unknown), [{ event: 'test' }])
  t.notMatch(JSON.stringify((await pool.query('select * from admin_actions')).rows), /secret of the tests/)
})

await t.test('serve --monitor has a process of its own look, with its own login, and leaves none behind', async (t) => {
  const { DATABASE_URL: acting, ...others } = env
  const serving = startProgram(t, ['serve', '--port', '0', '--vendors-every', '0', '--monitor'], { ...others, DATABASE_URL: await urlAs(t, database, 'ohlcv_reader'), OHLCV_ACTING_DATABASE_URL: acting })
  await serving.says(/http:\/\/127\.0\.0\.1:\d+/)
  const looked = async () => (await pool.query('select from alert_check where checked_at > now() - interval \'1 minute\'')).rowCount === 1
  while (!(await looked())) await delay(100)
  serving.kill('SIGTERM')
  t.match(await serving.ended, { code: 0 })
})
