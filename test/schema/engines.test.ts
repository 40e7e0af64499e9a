import pg from 'pg'
import t from 'tap'
import { BAR_TABLES } from '../../lib/datasets/datasets.js'
import { distributeBars } from '../../lib/postgres/citus.js'
import { migrate } from '../../lib/postgres/migrations/migrate.js'
import { tableSizes } from '../../lib/postgres/migrations/table-sizes.js'
import { emptyDatabase, freshDatabase } from '../helpers/database.js'
import { hasExtension, isPartitioned } from '../helpers/engine.js'

/** A table of minute bars that is not partitioned, as TimescaleDB's are none for PostgreSQL. */
const UNPARTITIONED = `
  create table bars (like ohlcv_minute including all);
  drop table ohlcv_minute cascade;
  alter table bars rename to ohlcv_minute`

const { pool: plain } = await freshDatabase(t)
const partitioned = await isPartitioned(plain)
const citus = await hasExtension(plain, 'citus')

await t.test('an extension that is installed after the tables were made does not change what they are', { skip: !partitioned && 'hypertables need no partitions' }, async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query('create or replace function ohlcv_has_timescaledb() returns boolean language sql stable as $$ select true $$')
  t.match((await pool.query(`select ohlcv_daily_ensure_partitions('2024-01-02', '2024-06-28') as daily, ohlcv_minute_ensure_partitions('2024-01-02', '2024-03-28') as minute`)).rows, [{ daily: 2, minute: 3 }])
  await t.resolves(pool.query(`select ohlcv_minute_summarize('2024-01-02')`))
  t.match((await pool.query(`select ohlcv_minute_drop_before('2024-03-01') as dropped`)).rows, [{ dropped: 2 }])
  await t.rejects(pool.query(`select ohlcv_compress_after('ohlcv_minute', '3 months')`), { message: /ohlcv_minute is no hypertable/, hint: /before `ohlcv db up`/ })
})

await t.test('a table that is not partitioned gets no partitions, and old chunks go whatever they unpack', { skip: !partitioned && 'TimescaleDB has its own' }, async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(UNPARTITIONED)
  t.match((await pool.query(`select ohlcv_minute_ensure_partitions('2024-01-02', '2024-06-28') as made`)).rows, [{ made: 0 }])
  await t.resolves(pool.query(`select ohlcv_minute_summarize('2024-01-02')`))
  await pool.query(`
    create table limits (tuples text);
    create function drop_chunks(bars regclass, older_than timestamptz) returns setof text language sql
      as $$ insert into limits values (current_setting('timescaledb.max_tuples_decompressed_per_dml_transaction')); select 'chunk' $$;
    insert into ohlcv_minute select 1, t, 1, 1, 1, 1, 1, 1, 1 from unnest(array['2024-01-03 04:59+00', '2024-01-03 05:00+00']::timestamptz[]) t`)
  t.match((await pool.query(`select ohlcv_minute_drop_before('2024-01-03') as dropped`)).rows, [{ dropped: 1 }])
  t.same((await pool.query('select tuples from limits')).rows, [{ tuples: '0' }])
  t.equal((await pool.query('select from ohlcv_minute')).rowCount, 1)
})

await t.test('functions do not depend on the session that calls them', { skip: !partitioned && 'hypertables need no partitions' }, async (t) => {
  const { url, pool } = await freshDatabase(t)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  // In this style an instant ends with the abbreviation of a zone, and this one PostgreSQL before 18 reads as Israel's.
  await client.query(`set DateStyle = 'SQL, DMY'; set TimeZone = 'Asia/Kolkata'; create temp table ohlcv_daily (x integer); set search_path = pg_temp`)
  await client.query(`select public.ohlcv_minute_ensure_partitions('2024-04-02', '2024-04-02'), public.ohlcv_daily_ensure_partitions('2024-04-02', '2024-04-02')`)
  const { rows: bounds } = await pool.query<{ bound: string }>(`select pg_get_expr(relpartbound, oid) as bound from pg_class where relispartition and relkind = 'r' order by relname`)
  t.same(bounds.map(({ bound }) => bound), [
    `FOR VALUES FROM ('2024-04-01') TO ('2024-07-01')`, `FOR VALUES FROM ('2024-04-01 04:00:00+00') TO ('2024-05-01 04:00:00+00')`,
  ])
  await pool.query(`insert into ohlcv_daily values (1, '2024-04-02', 1, 1, 1, 1, 1, 1, 1)`)
  t.same((await client.query(`select row_count from public.ohlcv_daily_checksum('2024-04-02')`)).rows, [{ row_count: '1' }])
  t.same((await client.query(`select public.ohlcv_minute_drop_before('2024-05-01') as dropped`)).rows, [{ dropped: 1 }])
})

await t.test('a checksum counts no part of the bars for the whole', async (t) => {
  const { pool } = await freshDatabase(t)
  const role = `ohlcv_test_${process.pid}_partly`
  await pool.query(`alter table ohlcv_daily enable row level security; create policy none on ohlcv_daily using (false); create role ${role}; grant select on ohlcv_daily to ${role}`)
  t.teardown(() => pool.query(`drop owned by ${role}; drop role ${role}`))
  await t.rejects(pool.query(`begin; set local role ${role}; set local row_security = on; select ohlcv_daily_checksum('2024-04-02')`), { message: /row-level security policy/ })
  await pool.query('rollback')
})

await t.test('functions that act as their owner are nobody else\'s, and stay in their schema', async (t) => {
  const { pool } = await freshDatabase(t)
  const { rows } = await pool.query<{ name: string }>(`
    select proname as name from pg_proc
    where proname in ('ohlcv_daily_ensure_partitions', 'ohlcv_minute_ensure_partitions', 'ohlcv_minute_summarize')
      and prosecdef and 'search_path=public, pg_temp' = any (proconfig) and not has_function_privilege('public', oid, 'execute') and has_function_privilege('ohlcv_loader', oid, 'execute')
    order by proname`)
  t.same(rows.map(({ name }) => name), ['ohlcv_daily_ensure_partitions', 'ohlcv_minute_ensure_partitions', 'ohlcv_minute_summarize'])
})

await t.test('a bar\'s hash is part of the plan, not a call a bar, and what it was', async (t) => {
  const { pool } = await freshDatabase(t)
  const { rows: plan } = await pool.query<{ 'QUERY PLAN': string }>(
    'explain (verbose, costs off) select ohlcv_bar_hash(0, symbol_id, open, high, low, close, volume, transactions) from (select * from ohlcv_daily limit 1) b')
  t.notMatch(plan.map((line) => line['QUERY PLAN']).join('\n'), /ohlcv_bar_hash/)
  t.same((await pool.query(`
    select ohlcv_bar_hash(5, 3, -1.50, 2, 3, 4, 5.0, null)::text as without, ohlcv_bar_hash(5, 3, -1.50, 2, 3, 4, 5.0, 7)::text as negative, ohlcv_bar_hash(5, 3, 1.50, 2, 3, 4, 5.0, 7)::text as valid`)).rows,
  [{ without: '2473520603445686575', negative: '-8002792802928502941', valid: '-2317865286904359744' }])
})

await t.test('Citus', async (t) => {
  await t.test('is missed when bars are to be distributed without it', { skip: citus && 'it is here' }, async (t) => {
    const { pool } = await freshDatabase(t)
    await t.rejects(distributeBars(pool, BAR_TABLES), { name: 'UsageError', code: 'CITUS_MISSING', hint: /SCALE\.md/ })
  })

  await t.test('has workers, which are told from a database without a schema', async (t) => {
    const { pool } = await emptyDatabase(t)
    await pool.query('create table pg_dist_local_group (groupid integer); insert into pg_dist_local_group values (2)')
    await t.rejects(migrate(pool), { name: 'UsageError', code: 'CITUS_WORKER', hint: /coordinator/ })
    await pool.query('update pg_dist_local_group set groupid = 0')
    await t.resolves(migrate(pool), 'the coordinator is group 0')
  })

  await t.test('gives figures of its own for what it distributes', { skip: (!partitioned || citus) && 'only as long as there are others to make up' }, async (t) => {
    const { pool } = await freshDatabase(t)
    await pool.query(`
      select ohlcv_daily_ensure_partitions('2024-01-02', '2024-06-28');
      create table pg_dist_partition (logicalrelid regclass);
      insert into pg_dist_partition values ('ohlcv_daily'), ('ohlcv_daily_2024q1'), ('ohlcv_daily_2024q2');
      create function citus_total_relation_size(relation regclass, fail_on_error boolean) returns bigint language sql as $$ select 1000 $$;
      create function run_command_on_shards(relation regclass, command text, out shardid bigint, out success boolean, out result text) returns setof record language plpgsql
        as $$ begin execute format(command, relation) into result; shardid := 1; success := true; return next; end $$;
      insert into ohlcv_daily select s, '2024-01-02', 1, 1, 1, 1, 1, 1, 1 from generate_series(1, 7) s;
      analyze ohlcv_daily_2024q1`)
    const sizes = await tableSizes(pool, BAR_TABLES)
    t.match(sizes.find(({ name }) => name === 'ohlcv_daily'), { rows: 7, estimated: true, bytes: 2000 })
    t.match(sizes.find(({ name }) => name === 'ohlcv_minute'), { rows: 0, estimated: true })
  })
})
