import type { NetConnectOpts } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createPool } from '../../lib/postgres/connect.js'
import { databaseFailure } from '../../lib/postgres/failures.js'
import { serverProcess } from '../../lib/postgres/session.js'
import { freshDatabase } from '../helpers/database.js'
import { startFaultProxy } from '../helpers/fault-proxy.js'
import { alterDefaults, HOSTILE_DEFAULTS } from '../helpers/hostile-defaults.js'

function poolOf(t: Test, config: pg.ClientConfig): pg.Pool {
  const pool = createPool(config, pino({ enabled: false }))
  t.teardown(() => pool.end())
  return pool
}

async function place(t: Test): Promise<{ pool: pg.Pool; url: string; database: string; shown: (pool: pg.Pool, name: string) => Promise<string> }> {
  const { url, pool } = await freshDatabase(t)
  const shown = async (of: pg.Pool, name: string) => (await of.query<{ value: string }>('select current_setting($1) as value', [name])).rows[0]!.value
  return { url, pool, database: new URL(url).pathname.slice(1), shown }
}

await t.test('a connection has its own settings, whatever the database\'s defaults are', async (t) => {
  const { url, pool, database, shown } = await place(t)
  await alterDefaults(pool, database, HOSTILE_DEFAULTS)
  const ours = poolOf(t, { connectionString: url })
  const expected: Record<string, string> = {
    transaction_isolation: 'read committed', transaction_deferrable: 'off', DateStyle: 'ISO, YMD', IntervalStyle: 'postgres', TimeZone: 'UTC', client_encoding: 'UTF8',
    bytea_output: 'hex', array_nulls: 'on', standard_conforming_strings: 'on', transform_null_equals: 'off', quote_all_identifiers: 'off',
    extra_float_digits: '1', row_security: 'off', statement_timeout: '0', lock_timeout: '0', idle_in_transaction_session_timeout: '0', idle_session_timeout: '0',
    search_path: 'public',
  }
  for (const [name, value] of Object.entries(expected)) t.equal(await shown(ours, name), value, name)
  t.equal(await shown(ours, 'default_transaction_read_only'), 'off', 'a default of the server\'s that is not touched')
})

await t.test('a schema that is made later does not come before those there were', async (t) => {
  const { url, pool, shown } = await place(t)
  const ours = poolOf(t, { connectionString: url })
  const client = await ours.connect()
  await pool.query('create schema authorization current_user; do $$ begin execute format(\'create table %I.tickers ()\', current_user); end $$')
  t.equal((await client.query('select symbol_id from tickers')).rowCount, 0)
  client.release()
  t.equal(await shown(ours, 'search_path'), 'public')
})

await t.test('a policy that hides rows is an error, and no gap', async (t) => {
  const { url, pool } = await place(t)
  const user = `ohlcv_test_policy_${process.pid}`
  await pool.query(`
    create role ${user} login password 'only for tests' in role ohlcv_reader;
    alter table tickers enable row level security; create policy none on tickers using (false); insert into tickers (symbol) values ('AAPL')`)
  t.teardown(async () => pool.query(`drop role ${user}`))
  const { host, port, database } = new pg.Client({ connectionString: url })
  const ours = poolOf(t, { host, port, database: database ?? '', user, password: 'only for tests' })
  await t.rejects(ours.query('select from tickers'), { code: '42501', message: /row-level security/ })
})

await t.test('the server\'s process is known by its own word', async (t) => {
  const { url } = await place(t)
  const client = await poolOf(t, { connectionString: url }).connect()
  t.equal(serverProcess(client), (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid)
  client.release()
  t.throws(() => serverProcess(new pg.Client()), /has not seen/)
})

await t.test('a connection that breaks before it has its settings is one that could not be made', async (t) => {
  const { url } = await place(t)
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const target: NetConnectOpts = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const proxy = await startFaultProxy(target)
  t.teardown(() => proxy.close())
  const config = { host: proxy.host, port: proxy.port, user: user ?? '', database: database ?? '', ...(typeof password === 'string' && { password }) }
  const greeted = new pg.Client({ ...config, application_name: 'ohlcv' })
  await greeted.connect()
  proxy.impair = { down: { cutAfter: proxy.bytes.down } }
  await greeted.end()
  const ours = poolOf(t, config)
  const error: unknown = await ours.connect().catch((error: unknown) => error)
  t.equal(databaseFailure(error), 'session')
  t.equal(ours.totalCount, 0)
  proxy.impair = {}
  t.equal((await ours.query('select 1')).rowCount, 1)
})
