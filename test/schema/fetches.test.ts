import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import t, { type Test } from 'tap'
import { verify } from '../../lib/cli/commands/verify.js'
import { DATASETS } from '../../lib/datasets/datasets.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { migrate, readMigrations } from '../../lib/postgres/migrations/migrate.js'
import { TYPES } from '../../lib/postgres/database.js'
import { checksumsOf, columnsOf, contentOf, linesOf, rightsOf } from '../helpers/content.js'
import { emptyDatabase, freshDatabase, onConnect } from '../helpers/database.js'
import { isPartitioned } from '../helpers/engine.js'
import { runCommand } from '../helpers/run-command.js'

const partitioned = await isPartitioned((await freshDatabase(t)).pool)
const OLD = path.join(PACKAGE_ROOT, 'test/fixtures/schema-5/database.sql')
const MIGRATIONS = readMigrations()
const KEPT = [
  'ohlcv_daily', 'ohlcv_minute', 'days', 'lineage', 'bar_revisions', 'tickers', 'ticker_symbols', 'universe_changes', 'identity_facts', 'ingestion_runs', 'attempts', 'rejected_rows',
  'unknown_symbols', 'calendar_overrides', 'datasets',
]
/** What version 10 adds to the tables there were. */
const ADDED = {
  ohlcv_daily: ['filled_by', 'fetch_id'], ohlcv_minute: ['filled_by', 'fetch_id'], bar_revisions: ['old_filled_by'], tickers: ['issuer', 'underlying_index', 'last_updated'],
}
/** What the loader may do with the tables that version 10 adds; both roles read them. */
const WRITTEN = {
  fetches: ['INSERT', 'UPDATE'], ingestion_audit: ['INSERT', 'UPDATE'], jobs: ['INSERT', 'UPDATE'], ohlcv_hourly: ['DELETE', 'INSERT', 'UPDATE'], ohlcv_monthly: ['DELETE', 'INSERT', 'UPDATE'],
  ohlcv_rights: [], ohlcv_weekly: ['DELETE', 'INSERT', 'UPDATE'], provider_metrics: ['INSERT', 'UPDATE'],
}

/** A database of version 9 with the content of the fixture; in a schema of its own where one is named. */
async function versionNine(t: Test, schema?: string): Promise<pg.Pool> {
  const { pool, url } = await emptyDatabase(t)
  if (schema === undefined) {
    await fillOld(pool)
    return pool
  }
  await pool.query(`create schema ${schema}; do $$ begin execute format('alter database %I set search_path = ${schema}', current_database()); end $$`)
  const own = new pg.Pool({ connectionString: url, types: TYPES, onConnect })
  own.on('error', () => {})
  t.teardown(() => own.end())
  await fillOld(own)
  return own
}

async function fillOld(pool: pg.Pool): Promise<void> {
  await migrate(pool, MIGRATIONS.slice(0, 5))
  const { rows: [home] } = await pool.query<{ schema: string }>('select current_schema() as schema')
  await pool.query(readFileSync(OLD, 'utf8').replaceAll('public.', `${home!.schema}.`))
  await migrate(pool, MIGRATIONS.slice(0, 9))
}

const contents = async (pool: pg.Pool, columns: Record<string, string[]>) => ({ content: await contentOf(pool, columns), checksums: await checksumsOf(pool) })

await t.test('a database of version 9 is migrated with every row, the same checksums, and rights on what is new', async (t) => {
  const pool = await versionNine(t)
  const columns = await columnsOf(pool, KEPT)
  const before = await contents(pool, columns)
  t.equal(before.content['ohlcv_daily']!.length, 52)
  t.ok(before.content['ohlcv_minute']!.length > 0 && before.content['bar_revisions']!.length > 0)
  t.ok(before.checksums.length > 5)
  const rightsBefore = await rightsOf(pool)

  t.same(await migrate(pool, MIGRATIONS.slice(0, 10)), ['0010_fetches.sql'])
  t.same(await contents(pool, columns), before)
  const added = Object.entries(await columnsOf(pool, KEPT)).map(([table, names]) => [table, names.filter((name) => !columns[table]!.includes(name))] as const).filter(([, names]) => names.length > 0)
  t.same(Object.fromEntries(added), ADDED)
  for (const [table, names] of Object.entries(ADDED)) {
    t.equal((await pool.query(`select from ${table} where num_nonnulls(${names.join(', ')}) > 0`)).rowCount, 0, `what is new in ${table} is empty`)
  }

  const expected = Object.entries(WRITTEN).flatMap(([table, rights]) => [
    ...[...rights, 'SELECT'].map((right) => `(${table},ohlcv_loader,${right})`), `(${table},ohlcv_reader,SELECT)`,
  ])
  const rights = await rightsOf(pool)
  t.same(rights.filter((line) => !rightsBefore.includes(line)).toSorted(), expected.toSorted())
  t.same(rightsBefore.filter((line) => !rights.includes(line)), [])
})

await t.test('and on to the newest version, where verify finds what it found before', async (t) => {
  const pool = await versionNine(t)
  const columns = await columnsOf(pool, KEPT)
  const before = await contents(pool, columns)
  await migrate(pool)
  t.same(await contents(pool, columns), before)
  const { exitCode, json } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 3)
  const findings = json['findings'] as { kind: string; date: string }[]
  t.same(findings.filter(({ kind }) => kind === 'changed').map(({ date }) => date), ['2025-01-10'], 'the date that was tampered with')
})

await t.test('in a schema that is not public it is the same', async (t) => {
  const pool = await versionNine(t, 'market')
  const columns = await columnsOf(pool, KEPT)
  const before = await contents(pool, columns)
  await migrate(pool)
  t.same(await contents(pool, columns), before)
  t.same((await pool.query(`select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')`)).rowCount, 0, 'nothing was made elsewhere')
  t.same(await linesOf(pool, `select distinct config from pg_proc cross join unnest(proconfig) config where pronamespace = 'market'::regnamespace and config like 'search_path=%'`), [
    '("search_path=market, pg_temp")', '("search_path=market, public, pg_temp")',
  ])
  t.match((await runCommand(verify, ['verify'], { pool })).json['findings'], [{ date: '2025-01-10' }])
})

await t.test('functions are pinned: what a caller has of the same name in front of theirs is not looked at', async (t) => {
  const { pool, url } = await freshDatabase(t)
  const { rows } = await pool.query<{ name: string; config: string[] }>(`
    select proname as name, proconfig as config from pg_proc
    where proname in ('ohlcv_daily_checksum', 'ohlcv_minute_checksum', 'ohlcv_grant_roles', 'ohlcv_create_bars') order by proname`)
  t.same(rows, [
    { name: 'ohlcv_create_bars', config: ['search_path=public, pg_temp'] },
    { name: 'ohlcv_daily_checksum', config: ['plan_cache_mode=force_custom_plan', 'row_security=off', 'search_path=public, pg_temp'] },
    { name: 'ohlcv_grant_roles', config: ['search_path=public, pg_temp'] },
    { name: 'ohlcv_minute_checksum', config: ['plan_cache_mode=force_custom_plan', 'row_security=off', 'search_path=public, pg_temp'] },
  ])
  await pool.query(`
    select ohlcv_daily_ensure_partitions('2024-01-02', '2024-01-02');
    insert into ohlcv_daily values (1, '2024-01-02', 1, 1, 1, 1, 1, 1, 1)`)
  const sums = `select * from public.ohlcv_daily_checksum('2024-01-02')`
  const expected = (await pool.query(sums)).rows
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  await client.query(`
    create schema mine;
    create table mine.ohlcv_daily (like ohlcv_daily); create table mine.days (x integer); create table mine.fetches (x integer);
    create table mine.datasets (dataset text, bars name); create table mine.ohlcv_rights (relation text, loader text);
    insert into mine.ohlcv_rights values ('mine.fetches', 'delete');
    set search_path = mine, public; create temp table ohlcv_daily (x integer)`)
  t.same((await client.query(sums)).rows.map((row: object) => Object.values(row).map(String)), expected.map((row: object) => Object.values(row).map(String)))
  await client.query('select public.ohlcv_grant_roles()')
  t.same((await client.query(`select from pg_class where relnamespace = 'mine'::regnamespace and relacl is not null`)).rowCount, 0)
})

await t.test('a fill is no part of a date\'s checksum, and is found without reading the others', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`
    select ohlcv_daily_ensure_partitions('2024-01-02', '2024-01-02'), ohlcv_minute_ensure_partitions('2024-01-02', '2024-01-02');
    insert into ohlcv_daily values (1, '2024-01-02', 1, 1, 1, 1, 1, 1, 1);
    insert into ohlcv_minute values (1, '2024-01-02 15:00Z', 1, 1, 1, 1, 1, 1, 1)`)
  const before = await checksumsOf(pool)
  await pool.query(`
    insert into ohlcv_daily values (2, '2024-01-02', 1, 1, 1, 1, 1, 1, 0, 'massive', 1);
    insert into ohlcv_minute values (2, '2024-01-02 15:00Z', 1, 1, 1, 1, 1, 1, 0, 'massive', 1)`)
  t.same(await checksumsOf(pool), before)
  await pool.query('update ohlcv_daily set filled_by = null; update ohlcv_minute set filled_by = null')
  t.notSame(await checksumsOf(pool), before)
  for (const { table } of DATASETS) {
    const { rows: [index] } = await pool.query<{ line: string }>('select pg_get_indexdef($1::regclass) as line', [`${table}_fills`])
    t.match(index!.line, /\("?time"?, symbol_id\) WHERE \(filled_by IS NOT NULL\)$/)
  }
})

await t.test('partitions of before have the index of fills, and new ones too', { skip: !partitioned && 'hypertables need no partitions' }, async (t) => {
  const pool = await versionNine(t)
  await migrate(pool)
  await pool.query(`select ohlcv_daily_ensure_partitions('2030-01-02', '2030-01-02'), ohlcv_minute_ensure_partitions('2030-01-02', '2030-01-02')`)
  t.same(await linesOf(pool, `
    select relname from pg_class partition where relispartition and relkind = 'r'
      and not exists (select from pg_index where indrelid = partition.oid and pg_get_expr(indpred, indrelid) = '(filled_by IS NOT NULL)')`), [])
})
