import { existsSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { connectionError, externalTarget } from '../../lib/postgres/connect.js'
import { openEmbedded } from '../../lib/postgres/embedded/embedded.js'
import { connectDatabase, openDatabase } from '../../lib/postgres/open.js'
import { emptyDatabase, freshDatabase } from '../helpers/database.js'
import { ask, embeddedHome, prepared, quietly } from '../helpers/embedded-home.js'

const SECRET = 'hunter2'

function options(env: NodeJS.ProcessEnv, home?: string, create = false) {
  return { env, home, create, log: pino({ enabled: false }), signal: new AbortController().signal }
}

/** Rejects with a UsageError that does not show the password in any of its parts. */
async function refused(t: import('tap').Test, env: NodeJS.ProcessEnv, expected: object): Promise<void> {
  const error = await openDatabase(options(env)).then(() => t.fail('it opened'), (reason: unknown) => reason)
  t.match(error, { name: 'UsageError', ...expected })
  t.notMatch(`${(error as Error).stack} ${(error as { hint?: string }).hint}`, SECRET)
}

await t.test('which database is meant: DATABASE_URL, else PG*, else DB_*, else the embedded one', async (t) => {
  t.equal(externalTarget({}), undefined)
  t.equal(externalTarget({ PGPASSWORD: 'x', PGSSLMODE: 'require' }), undefined, 'these alone name no database')
  t.equal(externalTarget({ DATABASE_URL: 'postgres://ann:pw@db.example:5433/market', PGHOST: 'other' })?.describe, 'db.example:5433/market as ann')
  t.equal(externalTarget({ PGHOST: 'db.example', PGUSER: 'ann' })?.describe, 'db.example:5432/ann as ann')
  t.match(externalTarget({ DB_HOST: 'db.example', DB_PORT: '6432', DB_NAME: 'bars', DB_USER: 'ann', DB_PASSWORD: SECRET }), {
    describe: 'db.example:6432/bars as ann', from: 'DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD', configs: [{ password: SECRET }],
  })
  t.match(externalTarget({ DB_PASSWORD: SECRET, PGSSLMODE: 'disable' }), { describe: 'localhost:5432/tickstock as postgres', configs: [{ ssl: false }] }, 'their defaults')
  t.match(externalTarget({ DB_HOST: 'other', PGUSER: 'ann' }), { describe: 'localhost:5432/ann as ann', from: 'PGUSER' })
  t.match(externalTarget({ DB_HOST: 'other', DATABASE_URL: 'postgres://ann@db/market' }), { describe: 'db:5432/market as ann', from: 'DATABASE_URL' })
  t.equal(externalTarget({ DB_HOST: '', PGHOST: '', DATABASE_URL: '' }), undefined, 'what is empty is not set')
})

await t.test('a DATABASE_URL that is none is refused without being shown', async (t) => {
  for (const url of [`mysql://a:${SECRET}@b/c`, `postgres://a:x#${SECRET}@b/c`, SECRET, `postgres://a:${SECRET}@b/c?sslrootcert=/nowhere`]) {
    await refused(t, { DATABASE_URL: url }, { code: 'DATABASE_SETTING' })
  }
})

await t.test('a URL says what libpq reads in one', async (t) => {
  const config = (url: string, env: NodeJS.ProcessEnv = {}) => externalTarget({ ...env, DATABASE_URL: url })?.configs[0]
  t.match(config('postgres://ann:a%40b%3F@[::1]/market?options=-c%20work_mem%3D64MB&application_name=nightly&connect_timeout=3'), {
    host: '::1', port: 5432, user: 'ann', password: 'a@b?', database: 'market', options: '-c work_mem=64MB', application_name: 'nightly', connectionTimeoutMillis: 3000,
  })
  t.match(config('postgres:///market?host=/run/postgresql&port=5433&user=ann&password=x', { HOME: '/nowhere' }), { host: '/run/postgresql', port: 5433, user: 'ann', password: 'x', database: 'market', ssl: false })
  t.match(config('postgresql://ann@/market?host=db'), { host: 'db', user: 'ann', database: 'market' })
  t.match(config('postgres://%2Frun%2Fpostgresql/market?dbname=other'), { host: '/run/postgresql', database: 'other' })
  t.match(config('socket:/run/postgresql?db=market&encoding=utf8'), { host: '/run/postgresql', database: 'market' })
  t.match(config('postgres://db', { PGPASSWORD: 'pw', PGUSER: 'ann' }), { user: 'ann', password: 'pw', database: 'ann' }, 'what it leaves out the variables say')
  t.match(config('postgres://db/x?ssl=true&uselibpqcompat=true'), { ssl: { rejectUnauthorized: false } }, 'as JDBC and node-postgres write it')
  t.equal(externalTarget({ DATABASE_URL: 'postgres://db/x?ssl=true' })?.configs.length, 1)
  t.match(config('postgres://db/x?ssl=0'), { ssl: false })
  t.match(config('postgres://db/x?sslmode=require&sslnegotiation=direct&channel_binding=prefer'), { sslnegotiation: 'direct', enableChannelBinding: true })
})

await t.test('settings that do not exist, or cannot have the value, are refused by name before anything is tried', async (t) => {
  const url = (parameters: string) => ({ DATABASE_URL: `postgres://ann:${SECRET}@127.0.0.1:1/market?${parameters}` })
  const cases: [env: NodeJS.ProcessEnv, message: string | RegExp, hint?: string | RegExp][] = [
    [url('sslmod=require'), 'DATABASE_URL has the parameter "sslmod", which ohlcv does not know', 'did you mean sslmode?'],
    [url('pgbouncer=true'), /"pgbouncer"/, /leave it out, or take one of: host, port/],
    [url('sslmode=requir'), 'sslmode in DATABASE_URL is "requir", which is not one of disable, allow, prefer, require, verify-ca, verify-full', 'did you mean require?'],
    [url('ssl=maybe'), /the parameter "ssl"/, 'leave it out, or'],
    [url('channel_binding=require'), /channel_binding in DATABASE_URL is "require"/],
    [url('target_session_attrs=read-write'), /target_session_attrs/],
    [url('connect_timeout=soon'), 'connect_timeout in DATABASE_URL is "soon", which is not a whole number'],
    [{ DATABASE_URL: 'postgres://one,two/market' }, 'the host in DATABASE_URL is "one,two", which is not one host: ohlcv connects to one server'],
    [{ PGHOST: 'x', PGSSLMODE: 'requir' }, /^PGSSLMODE is "requir"/, 'did you mean require?'],
    [{ ...url(''), PGSSLMODE: 'requir' }, /^PGSSLMODE/],
    [{ DB_HOST: 'x', PGSSLMODE: 'requir' }, /^PGSSLMODE/],
    [{ PGHOST: 'x', PGPORT: 'five' }, 'PGPORT is "five", which is not a port number'],
    [{ DB_PORT: '70000' }, 'DB_PORT is "70000", which is not a port number'],
    [{ PGHOST: 'x', PGSSLROOTCERT: '/nowhere/root.crt' }, 'PGSSLROOTCERT names the file /nowhere/root.crt, which cannot be read (ENOENT)'],
    [{ PGSERVICE: 'market' }, /^PGSERVICE is set/, /unset it/],
  ]
  for (const [env, message, hint] of cases) await refused(t, env, { code: 'DATABASE_SETTING', message, ...(hint !== undefined && { hint }) })
  for (const broken of [`postgres://ann:12?${SECRET}@db/market`, `postgres://ann:12?x=${SECRET}@db/market`]) await refused(t, { DATABASE_URL: broken }, { code: 'DATABASE_SETTING', hint: /%XX/ })
})

await t.test('a server that is not there, or is no PostgreSQL', async (t) => {
  const server = net.createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await refused(t, { DATABASE_URL: `postgres://ann:${SECRET}@127.0.0.1:${port}/market` }, { code: 'DATABASE_UNREACHABLE', message: RegExp(`127\\.0\\.0\\.1:${port}/market as ann`) })
  await new Promise((resolve) => server.close(resolve))
  await refused(t, { DATABASE_URL: `postgres://ann:${SECRET}@127.0.0.1:${port}/market` }, { code: 'DATABASE_UNREACHABLE', message: `no PostgreSQL answers at 127.0.0.1:${port}/market as ann` })
  await refused(t, { PGHOST: '/nowhere', PGUSER: 'ann', PGPASSWORD: SECRET }, { code: 'DATABASE_UNREACHABLE', hint: /PGHOST|PG\*/ })
})

await t.test('what a server refuses is said in one sentence, the password never', async (t) => {
  const server = await openEmbedded(quietly(await prepared(embeddedHome(t))))
  t.teardown(() => server.release())
  await ask(server, `create role ann login password '${SECRET}'`)
  await ask(server, 'create role full login connection limit 0')
  writeFileSync(path.join(server.place.data, 'pg_hba.conf'), 'local all ann scram-sha-256\nlocal all stranger reject\nlocal all all trust\n')
  await ask(server, 'select pg_reload_conf()')
  const env = (user: string, password: string, database = 'ohlcv') => ({ PGHOST: String(server.connection.host), PGUSER: user, PGPASSWORD: password, PGDATABASE: database })
  await refused(t, env('ann', `${SECRET}!`), { code: 'DATABASE_PASSWORD', message: /the password for .* as ann was refused/ })
  await refused(t, { ...env('ann', ''), PGPASSWORD: undefined }, { code: 'DATABASE_PASSWORD', message: /none is given/ })
  await refused(t, env('ann', SECRET, 'nowhere'), { code: 'DATABASE_ABSENT', hint: /createdb/ })
  await refused(t, env('stranger', SECRET), { code: 'DATABASE_ACCESS', hint: /pg_hba/ })
  await refused(t, env('full', SECRET), { code: 'DATABASE_FULL' })
  await refused(t, env('ann', SECRET), { code: 'SCHEMA_OLD', hint: /ohlcv db up/ })
})

await t.test('what else may go wrong when connecting has its sentence', async (t) => {
  const cases: [object, string][] = [
    [new Error('timeout expired'), 'no answer from h in time'],
    [Object.assign(new Error('getaddrinfo ENOTFOUND h'), { code: 'ENOTFOUND' }), 'the host of h has no address'],
    [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'the connection to h was cut'],
    [new Error('the unforeseen'), 'no connection to h: the unforeseen'],
  ]
  for (const [error, message] of cases) t.match(connectionError(error, 'h'), { name: 'UsageError', message })
})

await t.test('an external schema must be this version\'s; connecting alone does not ask', async (t) => {
  const { url } = await emptyDatabase(t)
  await t.rejects(openDatabase(options({ DATABASE_URL: url })), { name: 'UsageError', code: 'SCHEMA_OLD', message: /0001_universe\.sql/ })
  const connected = await connectDatabase(options({ DATABASE_URL: url }))
  t.equal(connected.kind, 'external')
  await connected.close()
})

await t.test('connections that are killed, idle or held, cost no more than the query they were for', async (t) => {
  const { url, pool: other } = await freshDatabase(t)
  const database = await openDatabase(options({ DATABASE_URL: url }))
  t.teardown(() => database.close())
  const { pool } = database
  const kill = () => other.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`)
  await pool.query('select 1')
  await kill()
  const { rows } = await pool.query('select 1 as one').catch(() => pool.query('select 1 as one'))
  t.same(rows, [{ one: 1 }])
  const held = await pool.connect()
  await kill()
  await t.rejects(held.query('select 1'))
  held.release(true)
  t.same((await pool.query('select 1 as one')).rows, [{ one: 1 }])
})

await t.test('no database is made where none is asked for', async (t) => {
  const home = embeddedHome(t)
  await t.rejects(openDatabase(options({}, home)), { name: 'UsageError', code: 'DATABASE_NONE', message: RegExp(`no database yet.* ${home}$`), hint: /ohlcv db up; .*DATABASE_URL/ })
  t.notOk(existsSync(home))
})

await t.test('the embedded database migrates by itself when opened', async (t) => {
  const database = await openDatabase(options({}, await prepared(embeddedHome(t)), true))
  const { pool, kind, describe } = database
  t.equal(kind, 'embedded')
  t.match(describe, /^the embedded PostgreSQL in /)
  t.same((await pool.query('select count(*) from tickers')).rows, [{ count: 0 }])
  t.same((await pool.query('show application_name')).rows, [{ application_name: 'ohlcv' }])
  await database.close()
})
