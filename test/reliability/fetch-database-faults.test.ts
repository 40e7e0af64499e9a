import type { NetConnectOpts } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { SourceError } from '../../lib/domain/errors.js'
import { FETCH_FAILPOINTS, type Failpoint, type Failpoints } from '../../lib/domain/failpoint.js'
import { LOCKS } from '../../lib/postgres/locks.js'
import { createPool } from '../../lib/postgres/connect.js'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { startFaultProxy, type FaultProxy } from '../helpers/fault-proxy.js'
import { registerSymbols } from '../helpers/load.js'
import { FAULTS } from '../helpers/rest-faults.js'
import { startRestServer } from '../helpers/rest-server.js'
import { faultsOfFiles, fetchedState, FetchHome, fetchIn, type FetchOptions } from './fetching.js'
import { IN_THIS_DATABASE, until } from '../helpers/until.js'

t.setTimeout(300_000)
const log = pino({ enabled: false })
const DATES = { start: '2025-01-02', end: '2025-01-10' }
const REQUEST = { dates: DATES, symbols: ['AAPL', 'NEW'], timespans: ['hour', 'day'] }

/** For looking, not for fetching. */
const { url, pool } = await freshDatabase(t)
const server = await startRestServer({ securities: { AAPL: {}, NEW: {} } })
t.teardown(() => server.close())

interface Place {
  home: FetchHome
  /** Behind the proxy. */
  distant: pg.Pool
  proxy: FaultProxy
}

async function place(t: Test): Promise<Place> {
  await empty(pool)
  await registerSymbols(pool, ['AAPL'])
  Object.assign(server, { fault: () => undefined }).requests.length = 0
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const target: NetConnectOpts = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const proxy = await startFaultProxy(target)
  t.teardown(() => proxy.close())
  const distant = createPool({ host: proxy.host, port: proxy.port, user: user ?? '', database: database ?? '', ...(typeof password === 'string' && { password }) }, log)
  t.teardown(() => distant.end())
  return { home: new FetchHome(t.testdir({})), distant, proxy }
}

/** Does something when a step is reached for the n-th time. */
function when(step: Failpoint, act: () => unknown, nth = 1): Failpoints {
  let times = 0
  return async (reached) => {
    if (reached === step && ++times === nth) await act()
  }
}

const stateOf = async () => JSON.stringify(await fetchedState(pool), null, 1)
const doublesIn = async (): Promise<unknown[]> =>
  (await pool.query(`select symbol, timespan, start_date, count(*) from fetches group by symbol, timespan, start_date having count(*) > 1`)).rows

let clean = ''
/** What a job that was disturbed has to come to. */
async function isAsUndisturbed(t: Test, home: FetchHome): Promise<void> {
  t.equal(await stateOf(), clean)
  t.same(await doublesIn(), [], 'no fetch is written down twice')
  t.same(await faultsOfFiles(pool, home, 'j'), [])
  t.same((await pool.query('select distinct jsonb_array_length(tries) as tries from ingestion_audit')).rows, [{ tries: 1 }])
}

await t.test('a job that nothing disturbs is what the others are compared with', async (t) => {
  const { home, distant } = await place(t)
  t.equal((await fetchIn(distant, home, server, REQUEST)).state, 'completed')
  clean = await stateOf()
  await isAsUndisturbed(t, home)
})

/** At each step the first time or the third in turn; `make torture` has both at each. */
const EACH = process.env['KILLS_EACH'] !== undefined

for (const [index, step] of FETCH_FAILPOINTS.entries()) {
  for (const nth of step === 'fetch-opened' || step === 'fetch-before-audit-file' ? [1] : EACH ? [1, 3] : [index % 2 === 0 ? 1 : 3]) {
    await t.test(`every connection ended by the server at ${step}, time ${nth}: the job goes on, and each unit is stored once`, async (t) => {
      const { home, distant } = await place(t)
      const failpoint = when(step, () => pool.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`), nth)
      t.match(await fetchIn(distant, home, server, REQUEST, { failpoint }), { state: 'completed', stopped: null })
      await isAsUndisturbed(t, home)
      t.same((await pool.query('select status from ingestion_runs where command = $1', ['fetch'])).rows, [{ status: 'succeeded' }])
    })
  }
}

await t.test('the answer to COMMIT is lost after the server has committed: the unit is told as stored, and not stored again', async (t) => {
  const { home, distant, proxy } = await place(t)
  let committed: Promise<void> | undefined
  const failpoint = when('fetch-before-commit', () => {
    proxy.lose('down')
    committed = (async () => {
      await until(async () => (await pool.query('select from ingestion_audit')).rowCount !== 0)
      proxy.resetAll()
    })()
  })
  const result = await fetchIn(distant, home, server, REQUEST, { failpoint })
  await committed
  t.match(result, { state: 'completed', symbols: [{ symbol: 'AAPL', units: [{ timespan: 'hour', status: 'stored', counts: { inserted: 32 } }, {}] }, {}] })
  await isAsUndisturbed(t, home)
})

await t.test('COMMIT itself is lost, and the server does not notice: its session is ended, and the unit stored again', async (t) => {
  for (const nth of [1, 2]) {
    const { home, distant, proxy } = await place(t)
    const failpoint = when('fetch-before-commit', () => {
      proxy.lose('up')
      setTimeout(() => proxy.resetAll('client'), 50)
    }, nth)
    t.equal((await fetchIn(distant, home, server, REQUEST, { failpoint })).state, 'completed')
    await isAsUndisturbed(t, home)
  }
})

await t.test('the same of a unit that failed: it is written down once', async (t) => {
  const { home, distant, proxy } = await place(t)
  server.fault = ({ url }) => (url.includes('/day/') ? FAULTS.html : undefined)
  let committed: Promise<void> | undefined
  const failpoint = when('fetch-before-commit', () => {
    proxy.lose('down')
    committed = (async () => {
      await until(async () => (await pool.query(`select from fetches where status = 'rejected'`)).rowCount !== 0)
      proxy.resetAll()
    })()
  }, 2)
  t.match(await fetchIn(distant, home, server, REQUEST, { failpoint }), { state: 'completed_with_errors', symbols: [{ error: { code: 'ANSWER_NOT_JSON' } }, { error: { code: 'ANSWER_NOT_JSON' } }] })
  await committed
  t.same(await doublesIn(), [])
  t.same((await pool.query('select distinct jsonb_array_length(tries) as tries from ingestion_audit')).rows, [{ tries: 1 }])
  server.fault = () => undefined
  await fetchIn(distant, home, server, REQUEST, { job: { id: 'j', isNew: false } })
  const { audit, ...state } = await fetchedState(pool)
  t.same([audit, state['daily']], [JSON.parse(clean).audit, JSON.parse(clean).daily], 'resumed, it is as if it had not failed')
})

await t.test('rows that an answer repeats are counted once, though the transaction had to be done again', async (t) => {
  const { home, distant } = await place(t)
  server.fault = ({ url }) => (url.includes('/day/') ? FAULTS.twice : undefined)
  for (const step of ['fetch-copied', 'fetch-merged'] as const) {
    const failpoint = when(step, () => pool.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`), 2)
    await fetchIn(distant, home, server, REQUEST, { failpoint, job: { id: step, isNew: true } })
  }
  t.same((await pool.query(`select distinct bars, duplicates, rejected from fetches where timespan = 'day'`)).rows, [{ bars: 12, duplicates: 6, rejected: 0 }])
})

/** A job that is stopped by a signal when something has come to pass. */
function stopping(options: Omit<FetchOptions, 'signal'> = {}): { options: FetchOptions; stop: () => void } {
  const controller = new AbortController()
  return { options: { ...options, signal: controller.signal }, stop: () => controller.abort(new SourceError('STOPPED', 'stopped by the test')) }
}

await t.test('a job that waits for a lock of the server is stopped at once, and what was stored before is told', async (t) => {
  const { home, distant } = await place(t)
  const other = await pool.connect()
  await other.query('begin; select pg_advisory_xact_lock($1, $2)'.replace('$1', String(LOCKS.fills(DAY_AGGS)[0])).replace('$2', String(LOCKS.fills(DAY_AGGS)[1])))
  const { options, stop } = stopping()
  const job = fetchIn(distant, home, server, REQUEST, options)
  await until(async () => (await pool.query(`select from pg_locks where locktype = 'advisory' and ${IN_THIS_DATABASE} and not granted`)).rowCount !== 0)
  const started = performance.now()
  stop()
  const result = await job
  t.ok(performance.now() - started < 5000)
  await other.query('rollback')
  other.release()
  t.match(result, { state: 'interrupted', notReached: 1, symbols: [{ symbol: 'AAPL', units: [{ timespan: 'hour', status: 'stored' }], error: { code: 'SYMBOL_NOT_FINISHED' } }] })
  t.same((await pool.query('select state from jobs')).rows, [{ state: 'interrupted' }])
  t.equal((await pool.query('select from ohlcv_daily')).rowCount, 0)
  t.match(await fetchIn(distant, home, server, REQUEST, { job: { id: 'j', isNew: false } }), { state: 'completed' })
  await isAsUndisturbed(t, home)
})

await t.test('the server falls silent and the job is stopped: the connection is broken off, and nothing of the unit is stored', async (t) => {
  const { home, distant, proxy } = await place(t)
  const { options, stop } = stopping({
    databaseWait: 0.2,
    failpoint: when('fetch-merged', () => {
      proxy.lose('down')
      setTimeout(stop, 50)
      setTimeout(() => proxy.resetAll(), 4000)
    }, 2),
  })
  t.match(await fetchIn(distant, home, server, REQUEST, options), { state: 'interrupted', symbols: [{ units: [{ timespan: 'hour' }] }] })
  t.equal((await pool.query('select from ohlcv_daily')).rowCount, 0)
})

await t.test('the database has gone for good: the job ends soon, and is resumed once it is back', async (t) => {
  const { home, distant, proxy } = await place(t)
  await t.rejects(fetchIn(distant, home, server, REQUEST, { failpoint: when('fetch-merged', () => proxy.close(), 2), databaseWait: 0.2 }), { code: 'ECONNREFUSED' })
  t.match(await fetchIn(pool, home, server, REQUEST, { job: { id: 'j', isNew: false } }), { state: 'completed' })
  await isAsUndisturbed(t, home)
})

await t.test('a run that lost its connection to another that resumed its job stops, and leaves the job to it', async (t) => {
  const { home, distant } = await place(t)
  const failpoint = when('fetch-after-commit', async () => {
    await pool.query(`insert into ingestion_runs (command, parameters, version) values ('fetch', '{}', 'test')`)
    await pool.query('update jobs set run_id = (select max(run_id) from ingestion_runs)')
  }, 2)
  t.match(await fetchIn(distant, home, server, REQUEST, { failpoint }), { state: 'failed', notReached: 1, stopped: { code: 'JOB_TAKEN' } })
  t.same((await pool.query('select state, finished_at from jobs')).rows, [{ state: 'running', finished_at: null }])
})
