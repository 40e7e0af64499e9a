import { readFileSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import t from 'tap'
import { verify } from '../../lib/cli/commands/verify.js'
import { DATASETS } from '../../lib/datasets/datasets.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { migrate, readMigrations } from '../../lib/postgres/migrations/migrate.js'
import { emptyDatabase, freshDatabase } from '../helpers/database.js'
import { isPartitioned } from '../helpers/engine.js'
import { runCommand } from '../helpers/run-command.js'

const partitioned = await isPartitioned((await freshDatabase(t)).pool)
const OLD = path.join(PACKAGE_ROOT, 'test/fixtures/schema-5/database.sql')

async function linesOf(pool: pg.Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`select s::text as line from (${sql}) s order by 1`)
  return rows.map(({ line }) => line)
}

/** Every right that a role has on what is there, and which functions act as their owner with which settings. */
const rights = (pool: pg.Pool) => linesOf(pool, `
  select relname, pg_get_userbyid(grantee), privilege_type from pg_class cross join lateral aclexplode(relacl)
  where relnamespace = current_schema()::regnamespace and grantee <> relowner
  union all
  select proname, coalesce((select rolname::text from pg_roles where pg_roles.oid = grantee), 'public'), concat(privilege_type, ' ', prosecdef) from pg_proc
  cross join lateral aclexplode(coalesce(proacl, acldefault('f', proowner)))
  where pronamespace = current_schema()::regnamespace and grantee <> proowner and proname like 'ohlcv%'`)

await t.test('a database of version 8 is migrated with the same content and the same rights', async (t) => {
  const { pool } = await emptyDatabase(t)
  const migrations = readMigrations()
  await migrate(pool, migrations.slice(0, 5))
  await pool.query(readFileSync(OLD, 'utf8'))
  await migrate(pool, migrations.slice(0, 8))
  const tables = ['ohlcv_daily', 'ohlcv_minute', 'days', 'lineage', 'ingestion_runs', 'attempts', 'identity_facts', 'bar_revisions', 'rejected_rows']
  const everything = async () => Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await linesOf(pool, `select * from ${table}`)] as const)))
  const verified = async () => {
    const { exitCode, json } = await runCommand(verify, ['verify'], { pool })
    return { exitCode, json }
  }
  const before = { ...await everything(), verified: await verified() }
  const rightsBefore = await rights(pool)
  const partitions = () => linesOf(pool, `select relname, pg_get_expr(relpartbound, oid) from pg_class where relispartition and relkind = 'r'`)
  const partitionsBefore = await partitions()

  t.same(await migrate(pool), ['0009_datasets.sql'])
  t.same({ ...await everything(), verified: await verified() }, before)
  t.same(await partitions(), partitionsBefore)
  const added = /^\((datasets|ohlcv_(add_dataset|definer_functions|make_partitions|run_is_alive)),/
  t.same((await rights(pool)).filter((line) => !added.test(line)), rightsBefore)
  t.same((await rights(pool)).filter((line) => line.startsWith('(datasets,')), ['(datasets,ohlcv_loader,SELECT)', '(datasets,ohlcv_reader,SELECT)'])
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
  await migrate(pool)
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
  t.same((await rights(pool)).filter((line) => line.startsWith('(ohlcv_new')), [
    '(ohlcv_new,ohlcv_loader,DELETE)', '(ohlcv_new,ohlcv_loader,INSERT)', '(ohlcv_new,ohlcv_loader,SELECT)', '(ohlcv_new,ohlcv_loader,UPDATE)',
    '(ohlcv_new,ohlcv_reader,SELECT)', '(ohlcv_new_checksum,public,"EXECUTE f")', '(ohlcv_new_ensure_partitions,ohlcv_loader,"EXECUTE t")',
  ])
  t.same((await pool.query(`select proname, proconfig from pg_proc where proname like 'ohlcv_new%' order by proname`)).rows, [
    { proname: 'ohlcv_new_checksum', proconfig: ['search_path=public, pg_temp', 'row_security=off'] },
    { proname: 'ohlcv_new_ensure_partitions', proconfig: ['search_path=public, pg_temp'] },
  ])
  await t.rejects(pool.query(`select ohlcv_add_dataset('again', 'ohlcv_new')`), { code: '23505' })
  await t.rejects(pool.query(`select ohlcv_add_dataset('days', 'days')`), { code: '42883' }, 'a table without a checksum')
})
