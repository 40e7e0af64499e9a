import pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createPool } from '../../lib/postgres/connect.js'
import { TYPES } from '../../lib/postgres/database.js'
import { describeSchema } from '../../lib/postgres/migrations/describe-schema.js'
import { migrate, migrationSql, readMigrations } from '../../lib/postgres/migrations/migrate.js'
import { dropSchema, takeInventory } from '../../lib/postgres/migrations/reset-schema.js'
import { linesOf } from '../helpers/content.js'
import { emptyDatabase, freshDatabase } from '../helpers/database.js'
import { isPartitioned } from '../helpers/engine.js'

const partitioned = await isPartitioned((await freshDatabase(t)).pool)
const BEFORE = readMigrations().filter(({ version }) => version < 12)

/** What other programs' queries name; a view may have more. */
const WORDS: Record<string, string[]> = {
  symbols: ['symbol', 'name', 'exchange', 'sector', 'industry', 'issuer', 'underlying_index', 'type', 'active', 'last_updated', 'created_at'],
  assets: ['asset_id', 'symbol', 'name', 'type', 'exchange', 'active'],
  ohlcv_hourly: ['symbol', 'timestamp', 'open', 'high', 'low', 'close', 'volume', 'created_at'],
  ohlcv_daily: ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume', 'created_at'],
  ohlcv_day: ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume', 'created_at'],
  ohlcv_weekly: ['symbol', 'week_start', 'open', 'high', 'low', 'close', 'volume', 'created_at'],
  ohlcv_monthly: ['symbol', 'month_start', 'open', 'high', 'low', 'close', 'volume', 'created_at'],
  ohlcv_minute: ['symbol', 'timestamp', 'open', 'high', 'low', 'close', 'volume', 'created_at'],
  ohlcv_1min: ['symbol', 'timestamp', 'open', 'high', 'low', 'close', 'volume', 'created_at'],
  price_history_daily: ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume', 'source_provider', 'raw_hash', 'pulled_at'],
  price_history_intraday: ['symbol', 'timestamp', 'open', 'high', 'low', 'close', 'volume', 'source_provider', 'raw_hash', 'pulled_at'],
  ingestion_audit: ['job_id', 'symbol', 'timespan', 'provider', 'status', 'raw_hash', 'tries'],
  provider_metrics: ['provider_name', 'date', 'requests'],
  execution_feedback: ['order_id', 'symbol', 'side', 'quantity', 'price', 'status', 'executed_at', 'details'],
}

/** FB became META on 2024-01-03; another security was called META until then. A file's bar each, a fill, hours, a week and a month. */
const CONTENT = `
  insert into tickers (symbol_id, symbol, name, issuer) values (1, 'META', 'Meta Platforms', null), (2, 'META', 'Roundhill Ball Metaverse', null), (3, 'VUG', 'Vanguard Growth', 'Vanguard');
  insert into ticker_symbols values
    (1, 'FB', '(,2024-01-03)', true), (1, 'META', '[2024-01-03,)', false), (2, 'META', '(,2024-01-03)', true), (3, 'VUG', '[2024-01-02,)', false);
  insert into ingestion_runs (command, parameters, version) values ('load', '{}', 'test');
  insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated, unchanged, removed, rejected, unknown,
    not_selected, duplicates, rules_version, identity_seq, authoritative, committed_at)
  select dataset, '2024-01-02', 1, 'massive', 'key', 'etag', 1, 'sha of ' || dataset, '2024-01-03 16:00Z', 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, true, '2024-01-03 16:01Z'
  from unnest(array['day_aggs', 'minute_aggs']) dataset;
  insert into jobs (job_id, kind, request) values ('job', 'fetch', '{}');
  insert into fetches (job_id, provider, symbol, symbol_id, timespan, start_date, end_date, status, tries, bars, inserted, raw_hash, rules_version, identity_seq, pulled_at, duration_ms)
  select 'job', 'massive', 'VUG', 3, timespan, '2024-01-02', '2024-01-03', 'stored', 1, 1, 1, 'raw of ' || timespan, 1, 0, '2024-01-04 01:00Z', 50
  from unnest(array['day', 'hour', 'week', 'month', 'minute']) timespan;
  select ohlcv_daily_ensure_partitions('2024-01-02', '2024-01-03'), ohlcv_minute_ensure_partitions('2024-01-02', '2024-01-03');
  insert into ohlcv_daily values (1, '2024-01-02', 340, 350, 330, 345, 1000.5, 9, 1), (2, '2024-01-02', 10, 11, 9, 10, 5, 1, 1), (1, '2024-01-03', 341, 351, 331, 346, 1001, 9, 1);
  insert into ohlcv_daily values (3, '2024-01-03', 300, 310, 290, 305, 70, 3, 0, 'massive', 1);
  insert into ohlcv_minute values (1, '2024-01-03 04:59Z', 1, 1, 1, 1, 1, 1, 2), (1, '2024-01-03 05:00Z', 2, 2, 2, 2, 2, 2, 2);
  insert into ohlcv_minute values (3, '2024-01-03 15:00Z', 3, 3, 3, 3, 3, 3, 0, 'massive', 5);
  insert into ohlcv_hourly values (3, '2024-01-03 13:00Z', 1, 1, 1, 1, 1, 1, false, false, 2), (3, '2024-01-03 14:00Z', 2, 2, 2, 2, 2, 2, true, false, 2);
  insert into ohlcv_weekly values (3, '2023-12-31', 1, 1, 1, 1, 1, 1, true, 3, '2024-01-04 02:00Z');
  insert into ohlcv_monthly values (3, '2024-01-01', 1, 1, 1, 1, 1, 1, true, 4)`

/** A user whom others' queries are run as, with the search_path they expect; in these roles. */
async function consumer(t: Test, { pool, url }: { pool: pg.Pool; url: string }, roles: string): Promise<{ user: string; db: pg.Pool }> {
  const user = `ohlcv_test_consumer_${process.pid}_${Math.trunc(performance.now())}`
  await pool.query(`create role ${user} login password 'only for tests' ${roles}; alter role ${user} set search_path = tickstock, public; alter role ${user} set TimeZone = 'UTC'`)
  const { host, port, database } = new pg.Client({ connectionString: url })
  const db = new pg.Pool({ host, port, database: database ?? '', user, password: 'only for tests', types: TYPES })
  db.on('error', () => {})
  t.teardown(async () => {
    await db.end()
    await pool.query(`drop owned by ${user}; drop role ${user}`)
  })
  return { user, db }
}

/** Every view and table of the schema that is there. */
const relations = (pool: pg.Pool): Promise<string[]> => linesOf(pool, `select relname from pg_class where relnamespace = to_regnamespace('tickstock') and relkind in ('r', 'v')`)

await t.test('the schema has what other programs name, with the columns they name', async (t) => {
  const { pool } = await freshDatabase(t)
  for (const [relation, words] of Object.entries(WORDS)) await t.resolves(pool.query(`select ${words.join(', ')} from tickstock.${relation}`), relation)
  t.same(await relations(pool), Object.keys(WORDS).map((name) => `(${name})`).toSorted())
  const { rows } = await pool.query(`
    select key.attname from pg_index join pg_attribute key on attrelid = indrelid and attnum = any (indkey) where indrelid = 'tickstock.execution_feedback'::regclass and indisprimary`)
  t.same(rows, [{ attname: 'order_id' }])
})

await t.test('who reads gets the bars by the symbol of their date', async (t) => {
  const database = await freshDatabase(t)
  await database.pool.query(CONTENT)
  const { db } = await consumer(t, database, 'in role ohlcv_reader')

  t.same(await linesOf(db, 'select symbol, date, close, volume, filled_by from ohlcv_daily'), [
    '(FB,2024-01-02,345,1000.5,)', '(META,2024-01-02,10,5,)', '(META,2024-01-03,346,1001,)', '(VUG,2024-01-03,305,70,massive)',
  ])
  t.same(await linesOf(db, 'select * from ohlcv_day'), await linesOf(db, 'select * from ohlcv_daily'))
  t.same(await linesOf(db, 'select symbol, timestamp, close, filled_by from ohlcv_minute'), [
    '(FB,"2024-01-03 04:59:00+00",1,)', '(META,"2024-01-03 05:00:00+00",2,)', '(VUG,"2024-01-03 15:00:00+00",3,massive)',
  ], 'a minute is of the date that New York has')
  t.same(await linesOf(db, 'select * from ohlcv_1min'), await linesOf(db, 'select * from ohlcv_minute'))
  t.same(await linesOf(db, `select symbol, date, source_provider, raw_hash, pulled_at from price_history_daily where date = '2024-01-03'`), [
    '(META,2024-01-03,massive,"sha of day_aggs","2024-01-03 16:00:00+00")', '(VUG,2024-01-03,massive,"raw of day","2024-01-04 01:00:00+00")',
  ], 'of a file and of a fill')
  t.same(await linesOf(db, `select symbol, source_provider, raw_hash, pulled_at from price_history_intraday where timestamp > '2024-01-03 05:00Z' or symbol = 'FB'`), [
    '(FB,massive,"sha of minute_aggs","2024-01-03 16:00:00+00")', '(VUG,massive,"raw of minute","2024-01-04 01:00:00+00")',
  ])
  t.same(await linesOf(db, 'select symbol, created_at from ohlcv_daily where date = date \'2024-01-03\''), [
    '(META,"2024-01-03 16:01:00+00")', '(VUG,"2024-01-04 01:00:00+00")',
  ])
  t.same(await linesOf(db, 'select symbol, timestamp, close from ohlcv_hourly'), ['(VUG,"2024-01-03 14:00:00+00",2)'], 'hours of the regular session alone')
  t.same(await linesOf(db, 'select symbol, week_start, created_at, partial from ohlcv_weekly'), ['(VUG,2023-12-31,"2024-01-04 02:00:00+00",t)'], 'a week that began before the symbol')
  t.same(await linesOf(db, 'select symbol, month_start from ohlcv_monthly'), ['(VUG,2024-01-01)'])
  t.same(await linesOf(db, 'select symbol, name, issuer from symbols'), ['(META,"Meta Platforms",)', '(VUG,"Vanguard Growth",Vanguard)'], 'a symbol is who has it now')
  t.same(await linesOf(db, 'select asset_id, symbol from assets'), ['(1,META)', '(3,VUG)'])
  for (const relation of Object.keys(WORDS)) {
    await t.resolves(db.query(`select from ${relation}`), relation)
    await t.rejects(db.query(`delete from ${relation}`), { code: /^(42501|55000)$/ }, `nobody is let write ${relation}`)
  }
})

await t.test('execution_feedback is for the role that its owner lets', async (t) => {
  const database = await freshDatabase(t)
  const { user, db } = await consumer(t, database, '')
  const order = `insert into execution_feedback (order_id, symbol, side, quantity, price, status) values ('o-1', 'AAPL', 'buy', 10, 190.5, 'filled')
    on conflict (order_id) do update set status = excluded.status`
  await t.rejects(db.query(order), { code: '42P01' }, 'nobody sees the schema unasked')
  await database.pool.query(`grant usage on schema tickstock to ${user}; grant select, insert, update on tickstock.execution_feedback to ${user}`)
  await db.query(order)
  await db.query(order)
  t.same(await linesOf(db, 'select order_id, side, quantity, details from execution_feedback'), ['(o-1,buy,10,{})'])
  await t.rejects(db.query(order.replace('buy', 'hold')), { code: '23514' })
})

await t.test('a symbol\'s bars and a date\'s are found by their keys', { skip: !partitioned && 'chunks are planned otherwise' }, async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`
    insert into tickers (symbol_id, symbol) select n, 'S' || n from generate_series(1, 500) n;
    insert into ticker_symbols select symbol_id, symbol, '(,)', true from tickers;
    select ohlcv_daily_ensure_partitions('2024-01-01', '2024-06-30');
    insert into ohlcv_daily select n, d, 1, 1, 1, 1, 1, 1, 1 from generate_series('2024-01-01'::date, '2024-06-28', '3 days') d, generate_series(1, 500) n;
    analyze`)
  for (const [query, most] of [
    [`select * from tickstock.ohlcv_daily where symbol = 'S7' and date >= '2024-04-01'`, 30],
    [`select * from tickstock.price_history_daily where symbol in ('S7', 'S8')`, 122],
    [`select * from tickstock.ohlcv_daily where date = '2024-01-04'`, 500],
  ] as const) {
    const { rows: [row] } = await pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json, timing off) ${query}`)
    t.ok(barsRead(row!['QUERY PLAN'][0].Plan) <= most, `${query} reads ${barsRead(row!['QUERY PLAN'][0].Plan)} bars`)
  }
})

interface Node { 'Relation Name'?: string; 'Actual Rows'?: number; 'Actual Loops'?: number; 'Rows Removed by Filter'?: number; Plans?: Node[] }

/** How many rows a plan took out of partitions of the daily bars. */
function barsRead(node: Node): number {
  const own = node['Relation Name']?.startsWith('ohlcv_daily_') ? ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1) : 0
  return own + (node.Plans ?? []).reduce((sum, plan) => sum + barsRead(plan), 0)
}

await t.test('the program itself does not see the views, whatever search_path its role has', async (t) => {
  const { pool, url } = await freshDatabase(t)
  const database = new URL(url).pathname.slice(1)
  for (const path of ['tickstock, public', 'public, tickstock', 'empty, tickstock, public']) {
    await pool.query(`create schema if not exists empty; alter database ${database} set search_path = ${path}`)
    const ours = createPool({ connectionString: url }, pino({ enabled: false }))
    t.teardown(() => ours.end())
    t.same((await ours.query(`select to_regclass('ohlcv_daily')::oid = 'public.ohlcv_daily'::regclass as tables, current_schema() as schema`)).rows, [{ tables: true, schema: 'public' }], path)
    t.equal(await describeSchema(ours), await describeSchema(pool))
  }
})

await t.test('nor does the SQL that `db up --print` gives', async (t) => {
  const { pool, url } = await emptyDatabase(t)
  await migrate(pool)
  await pool.query(`alter database ${new URL(url).pathname.slice(1)} set search_path = tickstock, public`)
  const psql = new pg.Client({ connectionString: url })
  await psql.connect()
  t.teardown(() => psql.end())
  await psql.query(migrationSql([{ version: 9998, name: '9998_later.sql', sql: 'create table later (); create view ours as select time from ohlcv_daily;', sha256: 'x' }]))
  t.same((await pool.query(`select nspname as schema from pg_class join pg_namespace n on n.oid = relnamespace where relname in ('later', 'ours')`)).rows, [{ schema: 'public' }, { schema: 'public' }])
})

await t.test('of a product in another schema the views show that one', async (t) => {
  const { pool, url } = await emptyDatabase(t)
  await pool.query(`create schema market; alter database ${new URL(url).pathname.slice(1)} set search_path = market, public`)
  const own = createPool({ connectionString: url }, pino({ enabled: false }))
  t.teardown(() => own.end())
  await migrate(own)
  await own.query(CONTENT)
  t.equal((await pool.query(`select from tickstock.ohlcv_daily where symbol = 'VUG'`)).rowCount, 1)
  const { rows: [usage] } = await own.query(`select has_schema_privilege('ohlcv_reader', 'market', 'usage') and has_schema_privilege('ohlcv_reader', 'tickstock', 'usage') as both`)
  t.same(usage, { both: true })
})

await t.test('a second ohlcv in a database does not take the first one\'s views', async (t) => {
  const { pool, url } = await freshDatabase(t)
  await pool.query(CONTENT)
  await pool.query(`create schema second; alter database ${new URL(url).pathname.slice(1)} set search_path = second, tickstock, public`)
  const second = createPool({ connectionString: url, options: '-c search_path=second' }, pino({ enabled: false }))
  t.teardown(() => second.end())
  await pool.query('drop extension btree_gist cascade; create extension btree_gist schema pg_catalog')
  await migrate(second, BEFORE)
  await t.rejects(migrate(second), { code: 'MIGRATION_FAILED', message: /tickstock.*another ohlcv's/, hint: /a database of its own/ })
  t.equal((await pool.query('select from tickstock.ohlcv_daily')).rowCount, 4)
  const { ours } = await takeInventory(second, BEFORE)
  t.same(ours.filter(({ name }) => name.includes('tickstock')), [], 'and does not reset them')
})

await t.test('a role that may make no schema is told what to ask for, and takes one that was made for it', async (t) => {
  const { pool, url } = await emptyDatabase(t)
  const role = `ohlcv_test_${process.pid}_schemaless`
  await pool.query(`create extension btree_gist; create role ${role}; grant all on schema public to ${role}`)
  const limited = createPool({ connectionString: url, options: `-c role=${role}` }, pino({ enabled: false }))
  t.teardown(async () => {
    await limited.end()
    await pool.query(`drop owned by ${role}; drop role ${role}`)
  })
  await t.rejects(migrate(limited), { code: 'MIGRATION_FAILED', message: /schema tickstock is needed/, hint: new RegExp(`create schema tickstock authorization ${role}`) })
  await pool.query(`create schema tickstock authorization ${role}`)
  t.ok((await migrate(limited)).includes('0012_tickstock.sql'))
})

await t.test('a reset takes the views away, and nothing else of that schema', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`create table tickstock.theirs (x integer); insert into tickstock.execution_feedback values ('o-1', 'AAPL', 'buy', 10, 190.5, 'filled')`)
  const { others } = await dropSchema(pool)
  t.same(others, [{ kind: 'table', name: 'tickstock.theirs' }])
  t.same(await relations(pool), ['(theirs)'])
  await migrate(pool)
  t.same((await relations(pool)).length, Object.keys(WORDS).length + 1, 'and it can be made again beside it')
  t.notOk((await pool.query(`select has_table_privilege('ohlcv_reader', 'tickstock.theirs', 'select') as granted`)).rows[0].granted)
  await pool.query('drop table tickstock.theirs')
  await dropSchema(pool)
  t.equal((await pool.query(`select to_regnamespace('tickstock') as schema`)).rows[0].schema, null)
})
