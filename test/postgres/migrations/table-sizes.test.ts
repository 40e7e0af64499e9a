import t from 'tap'
import { BAR_TABLES } from '../../../lib/datasets/datasets.js'
import { tableSizes } from '../../../lib/postgres/migrations/table-sizes.js'
import { freshDatabase } from '../../helpers/database.js'
import { hasExtension } from '../../helpers/engine.js'

await t.test('every table that the migrations make is known, with its rows', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`insert into tickers (symbol) values ('A'), ('B'), ('C')`)
  const { rows } = await pool.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition order by relname`)
  const sizes = await tableSizes(pool, BAR_TABLES)
  t.same(sizes.map(({ name }) => name), rows.map(({ name }) => name))
  t.match(sizes.find(({ name }) => name === 'tickers'), { rows: 3, estimated: false })
})

await t.test('bars are counted by the statistics, over all partitions', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`select ohlcv_daily_ensure_partitions('2024-01-02', '2024-06-28')`)
  await pool.query(`
    insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id)
    select s, d, 1, 1, 1, 1, 1, 1 from generate_series(1, 10) s, unnest(array['2024-01-02', '2024-06-28']::date[]) d`)
  await pool.query('analyze ohlcv_daily')
  const bars = (await tableSizes(pool, BAR_TABLES)).find(({ name }) => name === 'ohlcv_daily')
  t.match(bars, { rows: 20, estimated: true })
  t.ok(bars && bars.bytes > 0)
})

await t.test('where TimescaleDB gives figures of its own, a hypertable is counted by those', async (t) => {
  const { pool } = await freshDatabase(t)
  // Where it is installed the test above holds it to its own figures.
  if (await hasExtension(pool, 'timescaledb')) return
  await pool.query(`
    create function approximate_row_count(relation regclass) returns bigint language sql as $$ select 12345 $$;
    create function hypertable_size(hypertable regclass) returns bigint language sql as $$ select case when hypertable = 'ohlcv_daily'::regclass then 67890 end $$`)
  const sizes = await tableSizes(pool, BAR_TABLES)
  const of = (table: string) => sizes.find(({ name }) => name === table)
  t.match(of('ohlcv_daily'), { rows: 12345, estimated: true, bytes: 67890 })
  t.match(of('ohlcv_minute'), { rows: 0, estimated: true })
  t.not(of('ohlcv_minute')?.bytes, null)
  t.match(of('tickers'), { rows: 0, estimated: false })
})
