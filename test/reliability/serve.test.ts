import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import pg from 'pg'
import t, { type Test } from 'tap'
import { SOCKET } from '../../lib/postgres/embedded/place.js'
import { callProgram } from '../helpers/call-program.js'
import { freshDatabase } from '../helpers/database.js'
import { embeddedHome } from '../helpers/embedded-home.js'
import { startFaultProxy } from '../helpers/fault-proxy.js'
import { processesIn, runProgram, startProgram, type Started } from '../helpers/process.js'
import { IN_THIS_DATABASE, until } from '../helpers/until.js'
import { ADMIN_TOKEN } from '../helpers/service.js'

t.setTimeout(180_000)

/** A service on its way, and the address that it says it is at. */
async function serving(t: Test, line: readonly string[], env: Record<string, string>): Promise<{ service: Started; url: string }> {
  const service = startProgram(t, ['serve', '--port', '0', ...line], { OHLCV_VENDORS_EVERY: '0', ...env })
  const said = await service.says(/serving http\S+\d/)
  return { service, url: /http:\/\/[\d.]+:\d+/.exec(said)![0] }
}

/** The status and the JSON of an answer. */
async function ask(url: string): Promise<[status: number, body: Record<string, unknown>]> {
  const answer = await fetch(url)
  return [answer.status, (await answer.json()) as Record<string, unknown>]
}

await t.test('beside a database of others', async (t) => {
  const { url: database, pool } = await freshDatabase(t)
  const { host, port, ...rest } = new pg.Client({ connectionString: database })
  const proxy = await startFaultProxy(host.startsWith('/') ? { path: path.join(host, SOCKET) } : { host, port })
  t.teardown(() => proxy.close())
  const through = `postgres://${rest.user}:${rest.password}@${proxy.host}:${proxy.port}/${rest.database}?sslmode=disable`
  const { service, url } = await serving(t, [], { DATABASE_URL: through })

  await t.test('it lives and is ready', async (t) => {
    t.same(await ask(`${url}/health`), [200, { schema: 'ohlcv.health/1', status: 'ok' }])
    t.same(await ask(`${url}/ready`), [200, { schema: 'ohlcv.ready/1', ready: true, database: 'ok', tables: 'current' }])
  })

  await t.test('while the database is away it lives on and says so, and is ready again when that is back', async (t) => {
    const page = await fetch(url)
    const [asOf] = /"as_of":"[^"]+"/.exec(await page.text())!
    proxy.impair = { up: { resetAfter: 0 } }
    proxy.resetAll()
    t.same(await ask(`${url}/ready`), [503, { schema: 'ohlcv.ready/1', ready: false, database: 'unavailable', tables: null }])
    t.equal((await ask(`${url}/health`))[0], 200)
    t.equal((await fetch(`${url}/status`)).status, 503)
    for (const search of ['', '?gaps=1']) {
      const page = await fetch(`${url}/${search}`)
      t.equal(page.status, 200)
      t.match(await page.text(), asOf, 'the page keeps its data, which say of when they are')
    }
    proxy.impair = {}
    t.equal((await ask(`${url}/ready`))[0], 200)
  })

  await t.test('a database that says nothing any more counts as away, within seconds', async (t) => {
    await ask(`${url}/ready`)
    proxy.lose('down')
    const begun = performance.now()
    t.equal((await ask(`${url}/ready`))[0], 503)
    t.ok(performance.now() - begun < 4500)
    proxy.resetAll()
    t.equal((await ask(`${url}/ready`))[0], 200)
  })

  await t.test('while somebody keeps a table to himself, who asks for it is told within seconds, and what is known already is told however many wait', async (t) => {
    const known = await ask(`${url}/session`)
    const runs = await ask(`${url}/ingestion/runs`)
    const gate = await pool.connect()
    await gate.query('begin; lock table lineage in access exclusive mode')
    const begun = performance.now()
    const waiters = Array.from({ length: 12 }, (_, index) => fetch(`${url}/status/days?limit=${index + 1}`))
    await until(async () => (await pool.query(`select from pg_locks where relation = 'lineage'::regclass and ${IN_THIS_DATABASE} and not granted`)).rowCount === 6)
    t.equal((await ask(`${url}/ready`))[0], 200)
    t.same(await ask(`${url}/session`), known)
    t.same(await ask(`${url}/ingestion/runs`), runs)
    t.ok((await Promise.all(waiters)).every(({ status, headers }) => status === 503 && headers.get('retry-after') === '5'))
    t.ok(performance.now() - begun < 8000)
    await gate.query('rollback')
    gate.release()
  })

  await t.test('tables of another version make it unready', async (t) => {
    await pool.query(`insert into schema_migrations (version, name, sha256) values (9999, '9999_later.sql', 'x')`)
    t.same(await ask(`${url}/ready`), [503, { schema: 'ohlcv.ready/1', ready: false, database: 'ok', tables: 'newer' }])
    await pool.query('delete from schema_migrations where version = 9999')
  })

  await t.test('SIGTERM lets the request that is under way end, and nobody else in', async (t) => {
    const gate = await pool.connect()
    await gate.query('begin; lock table ingestion_runs in access exclusive mode')
    const open = fetch(`${url}/ingestion/runs`)
    await until(async () => (await pool.query(`select from pg_locks where relation = 'ingestion_runs'::regclass and ${IN_THIS_DATABASE} and not granted`)).rowCount === 1)
    service.kill('SIGTERM')
    await until(() => fetch(`${url}/health`).then(({ status }) => status !== 200, () => true))
    await gate.query('rollback')
    gate.release()
    const answer = await open
    t.equal(answer.status, 200)
    t.match(await answer.json(), { schema: /^ohlcv\.service-runs/ })
    const { code, stdout } = await service.ended
    t.equal(code, 0)
    t.match(stdout, `Served ${url}`)
  })
})

await t.test('an address that cannot be had is told with what to do', async (t) => {
  const { url } = await freshDatabase(t)
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const refused = await callProgram(['serve', '--port', String(port), '--json'], { DATABASE_URL: url })
  t.match([refused.code, JSON.parse(refused.stdout)], [2, { error: { code: 'ADDRESS_UNUSABLE', message: `something listens at port ${port} of 127.0.0.1 already`, hint: /--port or OHLCV_PORT/ } }])
  const elsewhere = await callProgram(['serve', '--port', '0', '--host', '192.0.2.1'], { DATABASE_URL: url })
  t.match([elsewhere.code, elsewhere.stderr], [2, /this machine has no address 192\.0\.2\.1/])
})

await t.test('a demo is a database of its own, which others can use while it is there and which is gone with it', async (t) => {
  const home = embeddedHome(t)
  const own = path.join(home, 'demo')
  // Neither is asked: what is set for real data is nothing to a demo.
  const { service, url } = await serving(t, ['--demo'], { OHLCV_HOME: home, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', OHLCV_SOURCE: '/nowhere', OHLCV_ADMIN_TOKEN: ADMIN_TOKEN })
  const beside = await runProgram(t, ['status', '--json'], { OHLCV_HOME: own })
  t.match(JSON.parse(beside.stdout), { dataset: 'day_aggs', totals: { loaded: 15, missing: 1, failed: 1 } })
  t.equal((await ask(`${url}/ready`))[0], 200, 'what used the server beside it has not stopped it')
  const another = await runProgram(t, ['serve', '--demo', '--port', '0', '--json'], { OHLCV_HOME: home })
  t.match([another.code, JSON.parse(another.stdout)], [2, { error: { code: 'EMBEDDED_IN_USE' } }])
  t.equal((await ask(`${url}/ready`))[0], 200, 'nor has another demo, which is refused')
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const post = async () => {
    const answer = await fetch(`${url}/actions`, { method: 'POST', headers, body: JSON.stringify({ action: 'load', request: { dates: { sessions: 1 }, force: true } }) })
    t.equal(answer.status, 202)
    return ((await answer.json()) as { action_id: number }).action_id
  }
  const id = await post()
  let told: { action: { state: string } }
  do told = (await (await fetch(`${url}/actions/${id}`, { headers })).json()) as typeof told
  while (['queued', 'running'].includes(told.action.state))
  t.match(told.action, { state: 'done', requested_by: 'admin', runs: [{ command: 'load', status: 'succeeded', done: 1 }] }, 'what is asked of it is done in its own database, from its own files')
  await post()
  service.kill('SIGTERM')
  const { code, stderr } = await service.ended
  t.equal(code, 0)
  t.equal(stderr.match(/the process of an action has ended/g)?.length, 2, 'what it was asked last has ended before it')
  t.same(processesIn(own), [])
  t.same(['data', 'files', 'raw'].filter((name) => existsSync(path.join(own, name))), [])
})
