import pg from 'pg'
import t from 'tap'
import { migrate, migrationSql, pendingMigrations, readMigrations, schemaState } from '../../../lib/postgres/migrations/migrate.js'
import { emptyDatabase, freshDatabase } from '../../helpers/database.js'

const NAMES = readMigrations().map(({ name }) => name)

await t.test('an empty database gets every migration in order, and a second run does nothing', async (t) => {
  const { pool } = await emptyDatabase(t)
  t.same((await pendingMigrations(pool)).map(({ name }) => name), NAMES)
  t.same(await migrate(pool), NAMES)
  t.same(await migrate(pool), [])
  const { rows } = await pool.query<{ version: number }>('select version from schema_migrations order by version')
  t.same(rows.map(({ version }) => version), NAMES.map((_, index) => index + 1), 'numbered without a gap')
})

await t.test('processes that migrate at once share the work', async (t) => {
  const { pool } = await emptyDatabase(t)
  const done = await Promise.all([migrate(pool), migrate(pool), migrate(pool)])
  t.same(done.flat(), NAMES, 'each migration was applied by one of them')
  const { rows } = await pool.query('select from schema_migrations')
  t.equal(rows.length, NAMES.length)
})

await t.test('the printed SQL makes the same schema, bookkeeping included', async (t) => {
  const { pool } = await emptyDatabase(t)
  await pool.query(migrationSql())
  t.same(await schemaState(pool), { version: NAMES.length, pending: [], edited: [], unknown: [] })
})

await t.test('a migration that fails leaves nothing of itself and names itself', async (t) => {
  const { pool } = await emptyDatabase(t)
  const broken = [
    { version: 1, name: '0001_good.sql', sql: 'create table good ();', sha256: 'a' },
    { version: 2, name: '0002_bad.sql', sql: 'create table half (); select 1 / 0;', sha256: 'b' },
  ]
  await t.rejects(migrate(pool, broken), { code: 'MIGRATION_FAILED', message: '0002_bad.sql could not be applied: division by zero (SQLSTATE 22012)' })
  const { rows } = await pool.query(`select to_regclass('good') is not null as good, to_regclass('half') is not null as half`)
  t.same(rows, [{ good: true, half: false }])
  t.same((await schemaState(pool, broken)).pending.map(({ name }) => name), ['0002_bad.sql'], 'and the lock is free again')
})

await t.test('an edited migration is noticed', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`update schema_migrations set sha256 = 'other' where version = 1`)
  await t.rejects(pendingMigrations(pool), { name: 'UsageError', code: 'SCHEMA_EDITED', message: /0001_universe\.sql/ })
})

await t.test('a schema of a later version is refused', async (t) => {
  const { pool } = await freshDatabase(t)
  await pool.query(`insert into schema_migrations (version, name, sha256) values (9999, '9999_future.sql', 'x')`)
  await t.rejects(migrate(pool), { name: 'UsageError', code: 'SCHEMA_NEWER', message: /9999_future\.sql/ })
})

await t.test('another program\'s schema_migrations is left alone', async (t) => {
  const { pool } = await emptyDatabase(t)
  await pool.query('create table schema_migrations (version text primary key)')
  await t.rejects(migrate(pool), { name: 'UsageError', code: 'SCHEMA_FOREIGN' })
})

await t.test('a table that is in the way is named, with what to do', async (t) => {
  const { pool } = await emptyDatabase(t)
  await pool.query('create table tickers (symbol text)')
  await t.rejects(migrate(pool), { code: 'MIGRATION_FAILED', message: /relation "tickers" already exists/, hint: /of its own/ })
})

await t.test('a role that may not create btree_gist is told so', async (t) => {
  const { url, pool } = await emptyDatabase(t)
  const role = `ohlcv_test_${process.pid}`
  await pool.query(`create role ${role}`)
  await pool.query(`grant all on schema public to ${role}`)
  t.teardown(async () => {
    await pool.query(`drop owned by ${role}`)
    await pool.query(`drop role ${role}`)
  })
  const limited = new pg.Pool({ connectionString: url, options: `-c role=${role}` })
  limited.on('error', () => {})
  t.teardown(() => limited.end())
  await t.rejects(migrate(limited), { code: 'MIGRATION_FAILED', message: /btree_gist is needed and this role may not create it/, hint: /create extension btree_gist/ })
})
