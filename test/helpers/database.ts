import { createHash, randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import pg from 'pg'
import { TYPES } from '../../lib/postgres/database.js'
import { migrate, migrationSql } from '../../lib/postgres/migrations/migrate.js'
import { LOCKS } from '../../lib/postgres/locks.js'
import { beginSession } from '../../lib/postgres/session.js'
import { alterDefaults, HOSTILE_DEFAULTS } from './hostile-defaults.js'
import { testServer } from './postgres-server.js'

/** As the program's own pool has it. */
export const onConnect: (client: pg.ClientBase) => unknown = beginSession

/** The migrated database every test database is copied from; a changed schema makes another one. */
const TEMPLATE = `ohlcv_template_${createHash('sha256').update(migrationSql()).digest('hex').slice(0, 16)}`

/** The suite's own server writes nothing through to a disk: there, copies of files are cheapest, and have what a first session would find out anew. */
const COPIED = process.env['OHLCV_TEST_DATABASE_URL'] ? '' : 'strategy file_copy'

/** Second key of the lock of who makes the template. */
const TEMPLATE_LOCK = 1000

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, types: TYPES })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** Makes the template unless it is there; test files that start together wait for the one that makes it. */
async function makeTemplate(server: string): Promise<void> {
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock($1, $2)', [LOCKS.partitions[0], TEMPLATE_LOCK])
    await dropRemains(client)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [TEMPLATE])
    if (rowCount) return
    const building = `${TEMPLATE}_building`
    await client.query(`drop database if exists ${building} with (force)`)
    await client.query(`create database ${building}`)
    const pool = new pg.Pool({ connectionString: databaseUrl(server, building), max: 1, onConnect })
    try {
      await migrate(pool)
    } finally {
      await pool.end()
    }
    await client.query(`alter database ${building} rename to ${TEMPLATE}`)
  })
}

let template: Promise<void> | undefined

/** Drops the databases of test files of this machine that were killed. */
async function dropRemains(client: pg.Client): Promise<void> {
  if (process.env['OHLCV_TEST_DATABASE_URL']) return
  const { rows } = await client.query<{ datname: string }>(String.raw`select datname from pg_database where datname like 'ohlcv\_test\_%'`)
  for (const { datname } of rows) {
    try {
      process.kill(Number(datname.split('_')[2]), 0)
    } catch {
      await client.query(`drop database if exists ${datname} with (force)`)
    }
  }
}

async function createDatabase(t: Test, from: string, tablespace = 'pg_default'): Promise<string> {
  const server = await testServer()
  if (from === TEMPLATE) await (template ??= makeTemplate(server))
  const name = `ohlcv_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await withClient(server, (client) => client.query(`create database ${name} template ${from} tablespace ${tablespace} ${COPIED}`))
  if (process.env['OHLCV_TEST_HOSTILE']) await withClient(server, (client) => alterDefaults(client, name, HOSTILE_DEFAULTS))
  t.teardown(() => withClient(server, (client) => client.query(`drop database if exists ${name} with (force)`)))
  return databaseUrl(server, name)
}

/** A private database with the current schema and no rows, and a pool on it; both gone at the test's teardown. */
export async function freshDatabase(t: Test, tablespace?: string): Promise<{ url: string; pool: pg.Pool }> {
  return withPool(t, await createDatabase(t, TEMPLATE, tablespace))
}

/**
 * Takes every row out and begins ids anew, for what is tried next in a database: one that is made anew begins with cold
 * sessions, which cost more than a small test does. A table that nothing was written to stays as it is: its files and those
 * of its indexes would be made anew. The parts of a table have its rows.
 */
export async function empty(pool: pg.Pool): Promise<void> {
  await pool.query(`
    do $$ begin
      execute coalesce((select 'truncate ' || string_agg(oid::regclass::text, ', ') || ' cascade' from pg_class
                        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and (relhassubclass or pg_relation_size(oid) > 0)
                          and relname not in ('schema_migrations', 'datasets', 'ohlcv_rights')), 'select');
      perform setval(seqrelid, seqstart, false) from pg_sequence join pg_class on oid = seqrelid
      where relnamespace = 'public'::regnamespace and pg_sequence_last_value(seqrelid) is not null;
    end $$`)
}

/** A private database with nothing in it. */
export async function emptyDatabase(t: Test): Promise<{ url: string; pool: pg.Pool }> {
  return withPool(t, await createDatabase(t, 'template0'))
}

function withPool(t: Test, url: string): { url: string; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, types: TYPES, onConnect })
  // A test may end its server's connections on purpose.
  pool.on('error', () => {})
  t.teardown(() => pool.end())
  return { url, pool }
}
