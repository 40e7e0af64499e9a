import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { DATASETS } from '../../lib/datasets/datasets.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { migrate, readMigrations } from '../../lib/postgres/migrations/migrate.js'
import { checksumsOf, columnsOf, contentOf, linesOf, rightsOf } from '../helpers/content.js'
import { emptyDatabase, freshDatabase } from '../helpers/database.js'
import { isPartitioned } from '../helpers/engine.js'

const partitioned = await isPartitioned((await freshDatabase(t)).pool)
const OLD = path.join(PACKAGE_ROOT, 'test/fixtures/schema-5/database.sql')

await t.test('a database of version 8 is migrated with the same content and the same rights', async (t) => {
  const { pool } = await emptyDatabase(t)
  const migrations = readMigrations()
  await migrate(pool, migrations.slice(0, 5))
  await pool.query(readFileSync(OLD, 'utf8'))
  await migrate(pool, migrations.slice(0, 8))
  const columns = await columnsOf(pool, ['ohlcv_daily', 'ohlcv_minute', 'days', 'lineage', 'ingestion_runs', 'attempts', 'identity_facts', 'bar_revisions', 'rejected_rows'])
  const everything = async () => ({ columns: await columnsOf(pool, Object.keys(columns)), content: await contentOf(pool, columns), checksums: await checksumsOf(pool) })
  const before = await everything()
  const rightsBefore = await rightsOf(pool)
  const partitions = () => linesOf(pool, `select relname, pg_get_expr(relpartbound, oid) from pg_class where relispartition and relkind = 'r'`)
  const partitionsBefore = await partitions()

  t.same(await migrate(pool, migrations.slice(0, 9)), ['0009_datasets.sql'])
  t.same(await everything(), before)
  t.same(await partitions(), partitionsBefore)
  const added = /^\((datasets|ohlcv_(add_dataset|definer_functions|make_partitions|run_is_alive)),/
  t.same((await rightsOf(pool)).filter((line) => !added.test(line)), rightsBefore)
  t.same((await rightsOf(pool)).filter((line) => line.startsWith('(datasets,')), ['(datasets,ohlcv_loader,SELECT)', '(datasets,ohlcv_reader,SELECT)'])
})

await t.test('the schema lists the kinds of bars that the program knows', async (t) => {
  const { pool } = await freshDatabase(t)
  const { rows } = await pool.query('select dataset, bars from datasets order by dataset')
  t.same(rows, DATASETS.map(({ name, table }) => ({ dataset: name, bars: table })).toSorted((a, b) => (a.dataset < b.dataset ? -1 : 1)))
})

await t.test('partitions of a quarter or a month, by dates or by instants, are the same as those of before', { skip: !partitioned && 'hypertables need no partitions' }, async (t) => {
  const { pool } = await emptyDatabase(t)
  const migrations = readMigrations()
  await migrate(pool, migrations.slice(0, 8))
  const make = async (first: string, last: string) =>
    (await pool.query('select ohlcv_daily_ensure_partitions($1, $2) as daily, ohlcv_minute_ensure_partitions($1, $2) as minute', [first, last])).rows
  const partitions = () => linesOf(pool, `
    select relname, pg_get_expr(relpartbound, pg_class.oid), array(select pg_get_indexdef(indexrelid) from pg_index where indrelid = pg_class.oid order by 1)
    from pg_class where relispartition and relkind = 'r'`)
  const spans = [['2023-12-31', '2024-01-01'], ['2024-03-10', '2024-03-10'], ['2024-02-29', '2024-11-04'], ['1999-12-31', '1999-12-31']] as const
  const counts = []
  for (const [first, last] of spans) counts.push(await make(first, last))
  const before = await partitions()
  await pool.query(`do $$ declare p regclass; begin for p in select oid from pg_class where relispartition and relkind = 'r' loop execute format('drop table %s', p); end loop; end $$`)
  await migrate(pool, migrations.slice(0, 9))
  const countsAfter = []
  for (const [first, last] of spans) countsAfter.push(await make(first, last))
  t.same(countsAfter, counts)
  t.same(await partitions(), before)
  await t.rejects(pool.query(`select ohlcv_make_partitions('ohlcv_daily', 'week', '2024-01-02', '2024-01-02')`), { message: /"step" declared NOT NULL/ })
})

await t.test('a new kind of bars enters itself by one line', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`
    select ohlcv_create_bars('ohlcv_new', 'date', interval '3 months');
    create function ohlcv_new_ensure_partitions(first date, last date) returns integer language sql security definer
      as $$ select ohlcv_make_partitions('ohlcv_new', 'quarter', first, last) $$;
    create function ohlcv_new_checksum(day date, out row_count bigint) language sql stable as $$ select count(*) from ohlcv_new where time = day $$`)
  await pool.query(`select ohlcv_add_dataset('new_aggs', 'ohlcv_new')`)
  t.same((await rightsOf(pool)).filter((line) => line.startsWith('(ohlcv_new')), [
    '(ohlcv_new,ohlcv_loader,DELETE)', '(ohlcv_new,ohlcv_loader,INSERT)', '(ohlcv_new,ohlcv_loader,SELECT)', '(ohlcv_new,ohlcv_loader,UPDATE)',
    '(ohlcv_new,ohlcv_reader,SELECT)', '(ohlcv_new_checksum,public,"EXECUTE f")', '(ohlcv_new_ensure_partitions,ohlcv_loader,"EXECUTE t")',
  ])
  t.same((await pool.query(`select proname, proconfig from pg_proc where proname like 'ohlcv_new%' order by proname`)).rows, [
    { proname: 'ohlcv_new_checksum', proconfig: ['search_path=public, pg_temp', 'row_security=off'] },
    { proname: 'ohlcv_new_ensure_partitions', proconfig: ['search_path=public, pg_temp'] },
  ])
  const { ohlcv_daily: daily } = await columnsOf(pool, ['ohlcv_daily'])
  t.same((await columnsOf(pool, ['ohlcv_new']))['ohlcv_new'], daily, 'with the columns of the others')
  await t.rejects(pool.query(`select ohlcv_add_dataset('again', 'ohlcv_new')`), { code: '23505' })
  await t.rejects(pool.query(`select ohlcv_add_dataset('days', 'days')`), { code: '42883' }, 'a table without a checksum')
})
