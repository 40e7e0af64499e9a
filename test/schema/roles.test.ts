import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { addDays, isoDate } from '../../lib/domain/dates.js'
import { explainFindings } from '../../lib/features/quality/explain.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { migrate } from '../../lib/postgres/migrations/migrate.js'
import { countTries, forgetTries } from '../../lib/store/quality/gap-tries.js'
import { keepReport, mayKeepReport, reportBefore } from '../../lib/store/quality/reports.js'
import { mayCheck } from '../../lib/store/quality/scores.js'
import { coverageFaults } from '../helpers/coverage.js'
import { emptyDatabase, freshDatabase } from '../helpers/database.js'
import { isPartitioned } from '../helpers/engine.js'
import { ACCEPTED, directorySource, loadDates, manyBars, putDayFile, registerSymbols, runtimeOf, wholeState } from '../helpers/load.js'
import { barRule, check } from '../helpers/quality.js'
import { poolAs } from '../helpers/roles.js'

const DATE = '2025-01-06'

await t.test('the loader\'s role', async (t) => {
  const database = await freshDatabase(t)
  const { pool } = database
  const loader = await poolAs(t, database, 'ohlcv_loader')
  const root = t.testdir({})
  const partitioned = await isPartitioned(pool)
  await registerSymbols(loader, manyBars(50).map((bar) => bar.split(',')[0]!))

  await t.test('loads, into partitions that are made for it, and restates a date', async (t) => {
    putDayFile(root, DATE, [...manyBars(50), 'WHO,1,1,1,1,1,1', 'A001,1,1,2,1,1,1'])
    t.match((await loadDates(loader, directorySource(root), DATE)).days, [{ outcome: 'loaded', counts: { inserted: 50, rejected: 1, unknown: 1 } }])
    putDayFile(root, DATE, manyBars(50, '11').slice(1))
    t.match((await loadDates(loader, directorySource(root), DATE)).days, [{ outcome: 'loaded', counts: { updated: 49, removed: 1 } }])
    t.equal((await wholeState(loader))['bars']!.length, 49)
  })

  await t.test('loads selected symbols, and renames one that has bars', async (t) => {
    t.match((await loadDates(loader, directorySource(root), DATE, DATE, { selected: new Set(['A002']) })).days, [{ outcome: 'loaded' }])
    t.match(await renameSymbol(runtimeOf(loader), { oldSymbol: 'A003', newSymbol: 'NEW', on: isoDate(DATE), reused: true, ...ACCEPTED }), { change: { barsMoved: 1, barsRemoved: 0 } }, 'the bar is of who is called A003 since')
    t.same(await coverageFaults(pool), [])
  })

  await t.test('cannot write what happened anew, nor change the schema', async (t) => {
    for (const table of ['lineage', 'universe_changes', 'attempts']) {
      await t.rejects(loader.query(`update ${table} set dataset = dataset`.replace('universe_changes set dataset = dataset', 'universe_changes set cause = cause')), { code: '42501' })
      await t.rejects(loader.query(`delete from ${table}`), { code: '42501' })
      await t.rejects(loader.query(`truncate ${table}`), { code: '42501' })
    }
    // PostgreSQL 14 lets everybody make tables in public.
    await pool.query('revoke create on schema public from public')
    for (const sql of ['drop table days', 'alter table ohlcv_daily add column x integer', 'delete from schema_migrations', 'create table mine (x integer)', 'select ohlcv_minute_drop_before(current_date)']) {
      if (sql.startsWith('select') && partitioned) await t.resolves(loader.query(sql), 'of which it owns none')
      else await t.rejects(loader.query(sql), { code: '42501' }, sql)
    }
  })

  await t.test('reserves requests to providers, and gives them back', async (t) => {
    const { rows } = await loader.query<{ requests: string[] }>(`select requests from ohlcv_reserve_requests('p', 1, 1, 1, 1, 1)`)
    await loader.query(`select ohlcv_give_back_requests('p', $1)`, [rows[0]!.requests])
    t.same((await loader.query('select distinct used from provider_quota')).rows, [{ used: 0 }])
  })

  await t.test('checks what it has loaded, explains what was found, counts tries in vain and keeps reports', async (t) => {
    t.same([await mayCheck(loader), await mayKeepReport(loader)], [true, true])
    const rule = barRule('spike', 10, ({ at, close }) => (close[at]! > 10 ? { cause: null, details: {} } : undefined))
    t.match(await check(loader, { rules: [rule] }), { dates: 1, bars: 49, found: 49 })
    const { rows: [found] } = await loader.query<{ finding_id: number }>('select finding_id from findings limit 1')
    t.match(await explainFindings(runtimeOf(loader), { ids: [found!.finding_id], reason: 'so it is', by: 'me' }, () => 1), [{ state: 'explained' }])
    const date = isoDate(DATE)
    const now = new Date()
    t.match(await countTries(loader, [{ symbolId: 1, date, code: 'NO_DAILY_DATA' }], now, now), [{ tries: 1 }])
    await forgetTries(loader, DAY_AGGS)
    t.equal(await keepReport(loader, { start: date, end: date }, 0, {}), 1)
    t.match(await reportBefore(loader, addDays(date, 1)), { reportId: 1, start: DATE })
  })

  await t.test('has the owner\'s functions make a month and index it', async (t) => {
    await loader.query(`select ohlcv_minute_ensure_partitions('2030-01-02', '2030-01-02')`)
    await t.resolves(loader.query(`select ohlcv_minute_summarize('2030-01-02')`))
  })

  await t.test('cannot have the owner\'s function work on a temporary table of its own', { skip: !partitioned && 'hypertables need no partitions' }, async (t) => {
    const client = await loader.connect()
    try {
      await client.query('create temp table ohlcv_daily (x integer)')
      await client.query(`select ohlcv_daily_ensure_partitions('2030-01-02', '2030-01-02')`)
    } finally {
      client.release(true)
    }
    const { rows } = await pool.query<{ parent: string }>(`select inhparent::regclass::text as parent from pg_inherits where inhrelid = 'ohlcv_daily_2030q1'::regclass`)
    t.same(rows, [{ parent: 'ohlcv_daily' }])
  })
})

await t.test('the reader\'s role reads everything and writes nothing', async (t) => {
  const database = await freshDatabase(t)
  const reader = await poolAs(t, database, 'ohlcv_reader')
  await t.resolves(wholeState(reader))
  t.same([await mayCheck(reader), await mayKeepReport(reader)], [false, false])
  for (const table of ['ohlcv_daily', 'ohlcv_minute', 'days', 'lineage', 'tickers', 'ingestion_runs', 'bar_revisions', 'quality_marks', 'data_quality_log', 'coverage', 'findings', 'remediation_log', 'gap_tries', 'validation_reports']) {
    await t.rejects(reader.query(`delete from ${table}`), { code: '42501' }, table)
  }
  for (const call of [`ohlcv_reserve_requests('p', 1, 1, 1, 1, 1)`, `ohlcv_daily_ensure_partitions('2030-01-02', '2030-01-02')`, `ohlcv_minute_summarize('2030-01-02')`]) {
    await t.rejects(reader.query(`select ${call}`), { code: '42501' }, call)
  }
})

await t.test('who belongs to neither role is told so in one sentence', async (t) => {
  const database = await freshDatabase(t)
  const nobody = await poolAs(t, database, '')
  await t.rejects(loadDates(nobody, directorySource(t.testdir({})), DATE), { message: /permission denied/ })
})

await t.test('a database is migrated by an owner who may make no roles, and the rights are given as often as one likes', async (t) => {
  const database = await emptyDatabase(t)
  const owner = await poolAs(t, database, '')
  const { rows: [who] } = await owner.query<{ user: string; database: string }>('select current_user as user, current_database() as database')
  await database.pool.query(`create extension btree_gist; alter database ${who!.database} owner to ${who!.user}; grant all on schema public to ${who!.user}`)
  t.ok((await migrate(owner)).includes('0005_roles.sql'))
  await owner.query('select ohlcv_grant_roles()')
  await owner.query('select ohlcv_grant_roles()')
  const { rows } = await owner.query(`select has_table_privilege('ohlcv_loader', 'ohlcv_daily', 'insert') as loads, has_table_privilege('ohlcv_reader', 'ohlcv_daily', 'insert') as writes`)
  t.same(rows, [{ loads: true, writes: false }])
  await database.pool.query(`alter database ${who!.database} owner to current_user; reassign owned by ${who!.user} to current_user`)
})
