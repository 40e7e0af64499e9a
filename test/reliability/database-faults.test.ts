import type { NetConnectOpts } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate } from '../../lib/domain/dates.js'
import { SourceError } from '../../lib/domain/errors.js'
import { FAILPOINTS, NO_FAILPOINTS, type Failpoint, type Failpoints } from '../../lib/domain/failpoint.js'
import { CommitUnknown, mergeDay, type MergeResult } from '../../lib/features/load/day/merge-day.js'
import { stageDay } from '../../lib/features/load/day/stage-day.js'
import { Turns } from '../../lib/features/load/day/turns.js'
import { limitsOf, thresholdsOf } from '../../lib/features/load/request.js'
import { createPool } from '../../lib/postgres/connect.js'
import { databaseFailure } from '../../lib/postgres/failures.js'
import { ensurePartitions } from '../../lib/store/bars/partitions.js'
import { openRun } from '../../lib/store/runs/runs.js'
import { loadUniverse } from '../../lib/store/universe/universe.js'
import { coverageFaults } from '../helpers/coverage.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { startFaultProxy, type FaultProxy } from '../helpers/fault-proxy.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, requestOf, runtimeOf, wholeState, type LoadOptions } from '../helpers/load.js'
import { until } from '../helpers/until.js'

const FIRST = '2025-01-06'
const SECOND = '2025-01-07'
const BARS = manyBars(50)
const symbols = BARS.map((bar) => bar.split(',')[0]!)
const log = pino({ enabled: false })

t.setTimeout(300_000)
const root = t.testdir({})
for (const date of [FIRST, SECOND]) putDayFile(root, date, BARS)

/** For looking, not for loading. */
const { url, pool } = await freshDatabase(t)
/** What has the database fail a test's load. */
const FAULTS = ['leave', 'refuse', 'conflict', 'fail', 'cancel', 'hurry']

function poolOf(t: Test, config: pg.ClientConfig): pg.Pool {
  const pool = createPool(config, log)
  t.teardown(() => pool.end())
  return pool
}

async function prepare(): Promise<void> {
  await pool.query(`drop function if exists ${FAULTS.join(', ')} cascade; drop sequence if exists tries, commits; drop table if exists ohlcv_daily_2025q1`)
  await empty(pool)
  await registerSymbols(pool, symbols)
}

async function place(t: Test): Promise<pg.Pool> {
  await prepare()
  return poolOf(t, { connectionString: url })
}

/** The database behind a proxy. */
async function distantPlace(t: Test): Promise<{ loader: pg.Pool; proxy: FaultProxy }> {
  await prepare()
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const target: NetConnectOpts = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const proxy = await startFaultProxy(target)
  t.teardown(() => proxy.close())
  const config = { host: proxy.host, port: proxy.port, user: user ?? '', database: database ?? '', ...(typeof password === 'string' && { password }) }
  return { proxy, loader: poolOf(t, config) }
}

/** Does something when a step is reached for the first time. */
function when(step: Failpoint, act: () => unknown): Failpoints {
  let done = false
  return async (reached) => {
    if (done || reached !== step) return
    done = true
    await act()
  }
}

const load = (pool: pg.Pool, options: LoadOptions) => loadDates(pool, directorySource(root), FIRST, SECOND, { lanes: 1, ...options })
const stateOf = async () => JSON.stringify([await wholeState(pool), await coverageFaults(pool)])

const clean: string[] = []
await t.test('two dates loaded without a fault are what the others are compared with', async (t) => {
  const loader = await place(t)
  t.match((await load(loader, {})).days, [{ outcome: 'loaded' }, { outcome: 'loaded' }])
  clean.push(await stateOf())
})

for (const step of FAILPOINTS.filter((step) => step !== 'before-report')) {
  await t.test(`every connection ended by the server at ${step}: the date is tried again, and committed once`, async (t) => {
    const loader = await place(t)
    const failpoint = when(step, () => pool.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`))
    const { days } = await load(loader, { failpoint })
    t.match(days, [{ outcome: 'loaded' }, { outcome: 'loaded' }])
    t.equal(await stateOf(), clean[0])
    t.same((await pool.query('select count(*) as loads, count(distinct date) as dates from lineage')).rows, [{ loads: 2, dates: 2 }])
    t.same((await pool.query('select status from ingestion_runs')).rows, [{ status: 'succeeded' }])
  })
}

await t.test('the answer to COMMIT is lost after the server has committed: the date is reported as loaded, and not loaded again', async (t) => {
  const { loader, proxy } = await distantPlace(t)
  let committed: Promise<void> | undefined
  const failpoint = when('before-commit', () => {
    proxy.lose('down')
    committed = (async () => {
      await until(async () => (await pool.query('select from lineage')).rowCount !== 0)
      proxy.resetAll()
    })()
  })
  const { days } = await load(loader, { failpoint })
  await committed
  const { rows } = await pool.query<{ load_id: number }>('select load_id from lineage where date = $1', [FIRST])
  t.match(days, [{ outcome: 'loaded', loadId: rows[0]!.load_id, counts: { inserted: 50 } }, { outcome: 'loaded' }])
  t.equal(rows.length, 1)
  t.equal(await stateOf(), clean[0])
})

/** Stages the first date on a connection of its own; returns what merges it. */
async function merging(t: Test, loader: pg.Pool, failpoint: Failpoints = NO_FAILPOINTS): Promise<() => Promise<MergeResult>> {
  const [source, request, date] = [directorySource(root), requestOf(root, FIRST, FIRST), isoDate(FIRST)]
  const { now, signal } = runtimeOf(loader)
  await ensurePartitions(loader, DAY_AGGS, date, date)
  const client = await loader.connect()
  t.teardown(() => client.release(true))
  const file = (await source.list(DAY_AGGS, { start: date, end: date }, signal)).get(date)!
  const staged = await stageDay(client, {
    dataset: DAY_AGGS, source, file, date, universe: await loadUniverse(client), selected: null, limits: limitsOf(request), signal, now, failpoint, turns: new Turns(),
  })
  const job = {
    dataset: DAY_AGGS, date, provider: source.provider, runId: await openRun(loader, 'load', {}, 'test'), selected: null, thresholds: thresholdsOf(request),
    accept: false, force: false, mend: false, failpoint, beforeCommit: () => {},
  }
  return () => mergeDay(client, job, staged)
}

await t.test('a connection that breaks after COMMIT was sent is an error that carries the load', async (t) => {
  const loader = await place(t)
  const merge = await merging(t, loader)
  // At COMMIT, so that the connection is whole when it is sent.
  await pool.query(`
    create function leave() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
    create constraint trigger leave after insert on lineage deferrable initially deferred for each row execute function leave()`)
  const error: unknown = await merge().catch((thrown: unknown) => thrown)
  t.ok(error instanceof CommitUnknown)
  const { code, loadId, load, cause } = error as CommitUnknown
  t.match({ code, load }, { code: 'COMMIT_UNKNOWN', load: { staged: { file: { date: FIRST } }, result: { kind: 'committed', loadId, difference: { stored: 0, inserted: 50 } } } })
  t.equal(databaseFailure(cause), 'session')
  t.equal((await pool.query('select from lineage where load_id = $1', [loadId])).rowCount, 0, 'it was not committed, as only the ledger knew')
})

await t.test('a connection that breaks earlier, or a COMMIT that the server refuses, is no such error', async (t) => {
  const loader = await place(t)
  const broken = await merging(t, loader, when('after-merge', () => pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`)))
  const error: unknown = await broken().catch((thrown: unknown) => thrown)
  t.equal(databaseFailure(error), 'session')
  t.notOk(error instanceof CommitUnknown)
  await pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not so' using errcode = '40001'; end $$;
    create constraint trigger refuse after insert on lineage deferrable initially deferred for each row execute function refuse()`)
  const refused = await merging(t, loader)
  t.match(await refused().catch((thrown: unknown) => thrown), { code: '40001' })
})

await t.test('a conflict that shows at COMMIT is tried again, and an abort stops that try as it does the first', async (t) => {
  const loader = await place(t)
  await pool.query(`
    create sequence commits;
    create function conflict() returns trigger language plpgsql as $$ begin
      if nextval('commits') = 1 then raise exception 'as the test wants it' using errcode = '40001'; end if;
      return null;
    end $$;
    create constraint trigger conflict after insert on lineage deferrable initially deferred for each row execute function conflict()`)
  const other = await pool.connect()
  const stop = new AbortController()
  let merges = 0
  const failpoint: Failpoints = async (step) => {
    if (step !== 'before-merge' || ++merges !== 2) return
    await other.query('begin; lock table days in exclusive mode')
    setTimeout(() => stop.abort(new SourceError('STOPPED', 'stopped by the test')), 50)
  }
  const { days } = await load(loader, { failpoint, signal: stop.signal })
  await other.query('rollback')
  other.release()
  t.match(days, [{ date: FIRST, code: 'STOPPED' }])
  t.equal(merges, 2)
  t.equal((await pool.query('select from lineage')).rowCount, 0)
})

await t.test('COMMIT itself is lost, and the server does not notice: its session is ended, and the date loaded again', async (t) => {
  const { loader, proxy } = await distantPlace(t)
  const failpoint = when('before-commit', () => {
    proxy.lose('up')
    setTimeout(() => proxy.resetAll('client'), 50)
  })
  const { days } = await load(loader, { failpoint })
  t.match(days, [{ outcome: 'loaded' }, { outcome: 'loaded' }])
  t.same((await pool.query('select from lineage where date = $1', [FIRST])).rowCount, 1)
  t.equal(await stateOf(), clean[0])
})

await t.test('the server falls silent and the run is stopped: the connection is broken off, and nothing is committed', async (t) => {
  const { loader, proxy } = await distantPlace(t)
  const stop = new AbortController()
  const failpoint = when('after-lineage', () => {
    proxy.lose('down')
    setTimeout(() => stop.abort(new SourceError('STOPPED', 'stopped by the test')), 50)
  })
  const { days, notReached } = await load(loader, { failpoint, signal: stop.signal })
  t.match(days, [{ date: FIRST, code: 'STOPPED' }])
  t.same(notReached, [SECOND])
  t.equal((await pool.query('select from ohlcv_daily')).rowCount, 0)
})

await t.test('the database has gone for good: every date fails, soon, and the run says so', async (t) => {
  const { loader, proxy } = await distantPlace(t)
  const { days } = await load(loader, { failpoint: when('before-merge', () => proxy.close()), databaseWait: 0.2 })
  t.match(days, [{ outcome: 'db_failed' }, { outcome: 'db_failed' }])
})

await t.test('the database has gone for good while it was to commit: that this is not known is what is reported', async (t) => {
  const { loader, proxy } = await distantPlace(t)
  const { days } = await load(loader, { failpoint: when('before-commit', () => proxy.close()), databaseWait: 0.2 })
  t.match(days, [{ outcome: 'db_failed', code: 'COMMIT_UNKNOWN' }, { outcome: 'db_failed' }])
})

/** Has the database fail the first date so many times, with the SQLSTATE given. */
async function failing(state: string, times: number): Promise<void> {
  await pool.query(`
    create sequence tries;
    create function fail() returns trigger language plpgsql as $$
    begin
      if new.date = '${FIRST}' and nextval('tries') <= ${times} then
        raise exception 'as the test wants it' using errcode = '${state}';
      end if;
      return new;
    end $$;
    create trigger fail before insert on days for each row execute function fail()`)
}

for (const [state, what] of [['40001', 'a serialization failure'], ['40P01', 'a deadlock'], ['55P03', 'a lock that is not to be had in time'], ['57P01', 'an administrator'], ['57P05', 'an idle time-out']] as const) {
  await t.test(`${what} (${state}) fails the transaction twice: it is tried a third time and committed`, async (t) => {
    const loader = await place(t)
    await failing(state, 2)
    t.match((await load(loader, {})).days, [{ outcome: 'loaded' }, { outcome: 'loaded' }])
    t.equal(await stateOf(), clean[0])
    t.same((await pool.query('select last_value from tries')).rows, [{ last_value: 3 }])
  })

  await t.test(`${what} (${state}) that does not pass fails the date after three tries, and the next one goes on`, async (t) => {
    const loader = await place(t)
    await failing(state, 1000)
    t.match((await load(loader, {})).days, [{ outcome: 'db_failed', code: state }, { outcome: 'loaded' }])
    t.same((await pool.query('select last_value from tries')).rows, [{ last_value: 3 }])
    t.same((await pool.query('select distinct time from ohlcv_daily')).rows, [{ time: SECOND }])
  })
}

for (const [state, what] of [['53100', 'a full disk'], ['53200', 'no memory'], ['57014', 'a statement that took too long'], ['25006', 'a server that became read-only'], ['58030', 'a broken disk']] as const) {
  await t.test(`${what} (${state}) fails the date at once, and the next one goes on`, async (t) => {
    const loader = await place(t)
    await failing(state, 1000)
    t.match((await load(loader, {})).days, [{ outcome: 'db_failed', code: state }, { outcome: 'loaded' }])
    t.same((await pool.query('select last_value from tries')).rows, [{ last_value: 1 }])
    t.same((await pool.query('select distinct date from lineage')).rows, [{ date: SECOND }])
    await pool.query('drop trigger fail on days')
    await load(loader, {})
    t.equal(await stateOf(), clean[0])
  })
}

await t.test('a query that somebody cancels fails the date', async (t) => {
  const loader = await place(t)
  await pool.query(`
    create function cancel() returns trigger language plpgsql as $$ begin
      if new.date = '${FIRST}' then perform pg_cancel_backend(pg_backend_pid()); perform pg_sleep(30); end if;
      return new;
    end $$;
    create trigger cancel before insert on lineage for each row execute function cancel()`)
  t.match((await load(loader, {})).days, [{ outcome: 'db_failed', code: '57014' }, { outcome: 'loaded' }])
})

await t.test('a real lock time-out is tried again until the lock is free', async (t) => {
  const loader = await place(t)
  // A default of the database's would not reach the load.
  await pool.query(`
    create function hurry() returns trigger language plpgsql as $$ begin perform set_config('lock_timeout', '200ms', true); return new; end $$;
    create trigger hurry before insert on lineage for each row execute function hurry()`)
  const other = await pool.connect()
  let merges = 0
  const failpoint: Failpoints = async (step) => {
    if (step !== 'before-merge') return
    merges++
    if (merges === 1) await other.query('begin; lock table days in exclusive mode')
    if (merges === 2) await other.query('rollback')
  }
  t.match((await load(loader, { failpoint })).days, [{ outcome: 'loaded' }, { outcome: 'loaded' }])
  other.release()
  t.equal(merges, 3, 'the first date took two')
})

await t.test('a date that another process holds is left to it, and the next one goes on', async (t) => {
  const loader = await place(t)
  const other = await pool.connect()
  await other.query(`begin; select pg_advisory_xact_lock(1869114468, date '${FIRST}' - date '1970-01-01')`)
  t.match((await load(loader, {})).days, [{ outcome: 'locked', code: 'DATE_LOCKED' }, { outcome: 'loaded' }])
  await other.query('rollback')
  other.release()
})

await t.test('bars that appear behind the loader\'s back between its comparison and its insert become the file\'s', async (t) => {
  const loader = await place(t)
  const failpoint = when('before-lineage', () =>
    pool.query(`insert into ohlcv_daily select symbol_id, '${FIRST}', 1, 1, 1, 1, 1, 1, 0 from tickers limit 7`))
  t.match((await load(loader, { failpoint })).days, [{ outcome: 'loaded', counts: { inserted: 43, updated: 7 } }, { outcome: 'loaded' }])
  t.equal(await stateOf(), clean[0])
})

await t.test('a server with too few connections is waited for', async (t) => {
  await prepare()
  const user = `ohlcv_test_few_${process.pid}`
  await pool.query(`create role ${user} login password 'only for tests' connection limit 3 in role ohlcv_loader`)
  const { host, port, database } = new pg.Client({ connectionString: url })
  const loader = createPool({ host, port, database: database ?? '', user, password: 'only for tests' }, log)
  t.match((await load(loader, { lanes: 4 })).days, [{ outcome: 'loaded' }, { outcome: 'loaded' }])
  t.equal(await stateOf(), clean[0])
  await loader.end()
  // Its sessions may take a moment to end, and their temporary tables with them.
  await pool.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '${user}'`)
  await pool.query(`drop role ${user}`)
})

await t.test('a read-only database is refused before anything is tried', async (t) => {
  const { url, pool } = await freshDatabase(t)
  const loader = poolOf(t, { connectionString: url })
  await pool.query(`do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`)
  await t.rejects(load(loader, {}), { code: 'DATABASE_UNUSABLE', message: /read-only/, hint: /primary/ })
})

for (const step of ['before-lineage', 'after-lineage', 'after-merge', 'before-commit'] as const) {
  await t.test(`a failure at ${step} leaves nothing of the date`, async (t) => {
    const loader = await place(t)
    const failpoint = when(step, () => {
      throw new SourceError('AS_TOLD', 'a failure of the test')
    })
    t.match((await load(loader, { failpoint })).days, [{ outcome: 'source_failed', code: 'AS_TOLD' }, { outcome: 'loaded' }])
    for (const table of ['ohlcv_daily', 'lineage', 'days', 'rejected_rows', 'unknown_symbols', 'bar_revisions']) {
      const column = table === 'ohlcv_daily' ? 'time' : 'date'
      t.equal((await pool.query(`select from ${table} where ${column} = $1`, [FIRST])).rowCount, 0, table)
    }
  })
}

await t.test('the connections of a load are all given back', async (t) => {
  const loader = await place(t)
  await load(loader, {})
  t.equal(loader.totalCount, loader.idleCount)
})
