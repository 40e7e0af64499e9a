import t from 'tap'
import { dropSchema, tableSizes } from '../../lib/db/schema-objects.js'
import { freshDatabase } from '../helpers/database.js'

await t.test('every table that the migrations make is known, with its rows', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`insert into tickers (symbol) values ('A'), ('B'), ('C')`)
  const { rows } = await pool.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition order by relname`)
  const sizes = await tableSizes(pool)
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
  const bars = (await tableSizes(pool)).find(({ name }) => name === 'ohlcv_daily')
  t.match(bars, { rows: 20, estimated: true })
  t.ok(bars && bars.bytes > 0)
})

await t.test('dropping the schema leaves nothing of it', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`select ohlcv_daily_ensure_partitions('2024-01-02', '2024-01-02')`)
  await dropSchema(pool)
  const { rows } = await pool.query(`
    select relname as name from pg_class where relnamespace = current_schema()::regnamespace
    union all
    select proname from pg_proc where pronamespace = current_schema()::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')`)
  t.same(rows, [])
})
