import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import t, { type Test } from 'tap'
import { info } from '../../../lib/cli/commands/db/info.js'
import { reset } from '../../../lib/cli/commands/db/reset.js'
import { start } from '../../../lib/cli/commands/db/start.js'
import { stop } from '../../../lib/cli/commands/db/stop.js'
import { up } from '../../../lib/cli/commands/db/up.js'
import { findPlace } from '../../../lib/postgres/embedded/place.js'
import { readMigrations } from '../../../lib/postgres/migrations/migrate.js'
import { emptyDatabase, freshDatabase } from '../../helpers/database.js'
import { embeddedHome, prepared } from '../../helpers/embedded-home.js'
import { runCommand } from '../../helpers/run-command.js'

const NAMES = readMigrations().map(({ name }) => name)

await t.test('db up brings an external database to the current schema, once', async (t) => {
  const { url, pool } = await emptyDatabase(t)
  const situation = { pool, env: { DATABASE_URL: url } }
  t.match(await runCommand(up, ['up'], situation), { exitCode: 0, json: { applied: NAMES }, text: /applied {2}0001_universe\.sql[^]*is current now/ })
  t.match(await runCommand(up, ['up'], situation), { exitCode: 0, json: { applied: [] }, text: /is current\.$/ })
})

await t.test('db up --print prints what would run and runs nothing; run by hand it does the same', async (t) => {
  const { url, pool } = await emptyDatabase(t)
  const situation = { pool, env: { DATABASE_URL: url } }
  const { text } = await runCommand(up, ['up', '--print'], situation)
  t.equal((await pool.query(`select from pg_class where relname = 'tickers'`)).rowCount, 0)
  await pool.query(text)
  t.match(await runCommand(up, ['up', '--print'], situation), { json: { pending: [] }, text: '-- Nothing to do: the schema is current.' })
})

await t.test('db info tells where, which version, how large and how to connect, never a password', async (t) => {
  const { url, pool } = await freshDatabase(t)
  const withPassword = new URL(url)
  if (!withPassword.password) withPassword.searchParams.set('password', 'hunter2')
  await pool.query(`insert into tickers (symbol) values ('A'), ('B')`)
  const { text, json } = await runCommand(info, ['info'], { pool, env: { DATABASE_URL: withPassword.href } })
  t.match(text, /server +PostgreSQL \d+[^]*schema +version \d+, current[^]*connect +psql "\$DATABASE_URL"[^]*tickers +2 /)
  t.notMatch(text + JSON.stringify(json), withPassword.password || 'hunter2')
  t.match(json, { kind: 'external', schema_version: NAMES.length, pending: [] })
  t.match((json['tables'] as { name: string }[]).find(({ name }) => name === 'tickers'), { rows: 2, estimated: false })
  t.match((json['tables'] as { name: string }[]).find(({ name }) => name === 'ohlcv_daily'), { rows: 0, estimated: true })
  t.match((await runCommand(info, ['info', '--schema'], { pool, env: { DATABASE_URL: url } })).text, /\ntable tickers\n/)
})

await t.test('db info of a database that lacks migrations says what to do', async (t) => {
  const { url, pool } = await emptyDatabase(t)
  t.match((await runCommand(info, ['info'], { pool, env: { DATABASE_URL: url } })).text, /version 0, lacks 0001_universe\.sql.*: ohlcv db up/)
})

await t.test('db reset of an external database drops our tables only, and only when its name is typed', async (t) => {
  const { url, pool } = await freshDatabase(t)
  const situation = { pool, env: { DATABASE_URL: url } }
  const name = path.posix.basename(new URL(url).pathname)
  await pool.query(`create table theirs as select 1 as kept; insert into tickers (symbol) values ('A'); select ohlcv_daily_ensure_partitions('2024-01-02', '2024-01-02')`)
  for (const line of [['reset'], ['reset', '--yes'], ['reset', '--database', 'other']]) {
    await t.rejects(runCommand(reset, line, situation), { name: 'UsageError', code: 'RESET_UNCONFIRMED', hint: RegExp(`--database ${name}$`) })
  }
  await t.rejects(runCommand(reset, ['reset'], situation), { message: /tables public\.action_fetches, public\.admin_actions, public\.alert_check, public\.alert_mutes, public\.alerts, public\.attempts, .*functions .*public\.ohlcv_bar_hash\(.*left alone: table public\.theirs$/ })
  await pool.query('create view built_on as select symbol from tickers')
  await t.rejects(runCommand(reset, ['reset', '--database', name], situation), { name: 'UsageError', code: 'RESET_FAILED', message: /view built_on depends on .*table tickers/ })
  t.equal((await pool.query('select from tickers')).rowCount, 1, 'nothing was dropped')
  await pool.query('drop view built_on')
  t.match(await runCommand(reset, ['reset', '--database', name], situation), { exitCode: 0, json: { applied: NAMES } })
  t.equal((await pool.query('select from tickers')).rowCount, 0)
  t.same((await pool.query('select kept from theirs')).rows, [{ kept: 1 }])
})

/** A database that has tables of its own by the names of two of ours. */
async function theirDatabase(t: Test) {
  const { url, pool } = await emptyDatabase(t)
  await pool.query('create table days as select 1 as kept; create table lineage as select 2 as kept')
  return {
    pool, name: path.posix.basename(new URL(url).pathname), situation: { pool, env: { DATABASE_URL: url } },
    kept: async () => (await pool.query('select kept from days union all select kept from lineage order by kept')).rows,
  }
}

await t.test('db reset of a database that ohlcv did not make is refused', async (t) => {
  const { pool, name, situation, kept } = await theirDatabase(t)
  const foreign = { name: 'UsageError', code: 'RESET_FOREIGN' }
  await t.rejects(runCommand(reset, ['reset', '--database', name], situation), foreign)
  await t.rejects(runCommand(reset, ['reset'], situation), foreign)
  await pool.query('create table schema_migrations (version integer, name text, sha256 text)')
  await t.rejects(runCommand(reset, ['reset', '--database', name], situation), foreign)
  await pool.query(`insert into schema_migrations values (1, '1_init', 'x')`)
  await t.rejects(runCommand(reset, ['reset', '--database', name], situation), { name: 'UsageError', code: 'SCHEMA_EDITED' })
  await pool.query('alter table schema_migrations drop column sha256')
  await t.rejects(runCommand(reset, ['reset', '--database', name], situation), { name: 'UsageError', code: 'SCHEMA_FOREIGN' })
  t.same(await kept(), [{ kept: 1 }, { kept: 2 }])
})

await t.test('db reset after a db up that failed drops what was applied, and not the tables in its way', async (t) => {
  const { pool, name, situation, kept } = await theirDatabase(t)
  const inTheWay = { code: 'MIGRATION_FAILED', message: /0002_ledger\.sql .*"lineage" already exists/ }
  await t.rejects(runCommand(up, ['up'], situation), inTheWay)
  await pool.query(`insert into tickers (symbol) values ('A')`)
  await t.rejects(runCommand(reset, ['reset'], situation), { message: /drops in .* tables public\.schema_migrations, public\.ticker_symbols, public\.tickers, public\.universe_changes: .*left alone: tables public\.days, public\.lineage$/ })
  await t.rejects(runCommand(reset, ['reset', '--database', name], situation), { ...inTheWay, message: /was dropped and could not be made anew: 0002_ledger\.sql .*"lineage" already exists/ })
  t.same(await kept(), [{ kept: 1 }, { kept: 2 }])
  t.equal((await pool.query('select from tickers')).rowCount, 0)
})

await t.test('db reset names what else is there and leaves it alone, also functions that share a name with ours', async (t) => {
  const { url, pool } = await freshDatabase(t)
  await pool.query(`
    create view their_view as select 1 as one;
    create type their_type as enum ('a');
    create sequence their_sequence;
    create function ohlcv_daily_checksum(text) returns text language sql as $$ select $1 $$`)
  const { text, json } = await runCommand(reset, ['reset', '--database', path.posix.basename(new URL(url).pathname)], { pool, env: { DATABASE_URL: url } })
  t.match(text, /made anew, empty\.\nLeft alone: function public\.ohlcv_daily_checksum\(text\); sequence public\.their_sequence; type public\.their_type; view public\.their_view\.$/)
  t.match(json['left_alone'], [{ kind: 'function', name: 'public.ohlcv_daily_checksum(text)' }])
  t.same((await pool.query(`select one, nextval('their_sequence') as next, 'a'::their_type as type, ohlcv_daily_checksum('x') as own from their_view`)).rows, [{ one: 1, next: 1, type: 'a', own: 'x' }])
})

await t.test('the embedded server: start, info, stop, reset', async (t) => {
  const home = embeddedHome(t)
  const { pool } = await freshDatabase(t)
  const situation = { pool, settings: { home } }
  t.match(await runCommand(info, ['info'], situation), { json: { exists: false, folder: home }, text: /There is no database yet/ })
  t.notOk(existsSync(home), 'asking makes none')
  await prepared(home)
  t.match(await runCommand(up, ['up'], situation), { json: { applied: NAMES } })
  t.match(await runCommand(start, ['start'], situation), { json: { folder: home, running: true } })
  t.match(await runCommand(info, ['info'], situation), { json: { kind: 'embedded', kept_running: true, folder: home }, text: RegExp(`connect +psql -h ${home}/run -U ohlcv ohlcv`) })
  t.match(await runCommand(stop, ['stop'], situation), { json: { state: 'stopped' } })
  t.match(await runCommand(stop, ['stop'], situation), { json: { state: 'not_running' } })
  await t.rejects(runCommand(reset, ['reset'], situation), { name: 'UsageError', code: 'RESET_UNCONFIRMED', hint: /reset --yes/ })
  await t.rejects(runCommand(reset, ['reset'], situation), { message: `this removes ${home}/data, the files of the embedded database` })
  t.match(await runCommand(reset, ['reset', '--yes'], situation), { exitCode: 0, json: { removed: `${home}/data`, applied: NAMES }, text: `To be rid of it altogether remove ${home}.` })
})

await t.test('where root\'s files went is told: they outlive the folder they belong to', { skip: process.geteuid?.() !== 0 && 'needs root' }, async (t) => {
  const closed = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-test-'))
  t.teardown(() => rmSync(closed, { recursive: true, force: true }))
  const { pool } = await freshDatabase(t)
  const home = path.join(closed, 'home')
  const situation = { pool, settings: { home } }
  t.match((await runCommand(info, ['info'], situation)).text, /below \/var\/lib\/ohlcv-embedded if \w+, .* cannot enter that folder/)
  await prepared(home)
  const { base } = findPlace(home)
  t.teardown(() => rmSync(base, { recursive: true, force: true }))
  const told = await runCommand(info, ['info'], situation)
  t.match(told, { json: { folder: base, home }, text: `files       ${base}\n            not in ${home}, where the server's user cannot go: they stay when that folder is removed` })
  await t.rejects(runCommand(reset, ['reset'], situation), { message: `this removes ${base}/data` })
  t.match((await runCommand(reset, ['reset', '--yes'], situation)).text, `${base}/data was removed and made anew: an empty embedded database.\nTo be rid of it altogether remove ${base} and ${home}.`)
})

await t.test('db info of a database that variables name says which, and how psql gets there', async (t) => {
  const { url, pool } = await freshDatabase(t)
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const { text, json } = await runCommand(info, ['info'], { pool, env: { DB_HOST: host, DB_PORT: String(port), DB_USER: user!, DB_NAME: database!, ...(password && { DB_PASSWORD: password }) } })
  t.match(json, { named_by: /^DB_HOST, DB_PORT, DB_NAME, DB_USER/, connect: `psql -h ${host} -p ${port} -U ${user} ${database}` })
  t.match(text, /named by +DB_HOST/)
})

await t.test('the embedded server\'s commands do not touch another database', async (t) => {
  const { url, pool } = await freshDatabase(t)
  for (const [command, name] of [[start, 'start'], [stop, 'stop']] as const) {
    await t.rejects(runCommand(command, [name], { pool, env: { DATABASE_URL: url } }), { name: 'UsageError', code: 'DATABASE_EXTERNAL', hint: /unset DATABASE_URL/ })
  }
})
