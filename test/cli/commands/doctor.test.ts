import { readdirSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { doctor } from '../../../lib/cli/commands/doctor.js'
import type { Examined } from '../../../lib/features/health/examine.js'
import { keepRunning, stopEmbedded } from '../../../lib/postgres/embedded/control.js'
import { empty, emptyDatabase, freshDatabase } from '../../helpers/database.js'
import { embeddedHome, prepared, quietly } from '../../helpers/embedded-home.js'
import { type Answer, runCommand } from '../../helpers/run-command.js'

const { url, pool } = await freshDatabase(t)

const SECRET = 'hunter2'

function states({ json }: Answer): Record<string, string> {
  return Object.fromEntries((json['checks'] as Examined[]).map(({ name, state }) => [name, state]))
}

await t.test('all is well with a current schema and a universe', async (t) => {
  await empty(pool)
  await pool.query(`insert into tickers (symbol) values ('AAPL')`)
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const folder = t.testdir({ day_aggs_v1: { [yesterday.slice(0, 4)]: { [yesterday.slice(5, 7)]: { [`${yesterday}.csv.gz`]: '' } } } })
  const answer = await runCommand(doctor, ['doctor'], { pool, now: () => new Date(), env: { DATABASE_URL: url }, settings: { source: folder } })
  t.match(answer, { exitCode: 0, json: { healthy: true }, text: /✓ database +PostgreSQL[^]*\n\nAll is well\.$/ })
  t.same(states(answer), {
    node: 'ok', 'time zones': 'ok', credentials: 'skipped', source: 'ok', database: 'ok', extension: 'ok', schema: 'ok', universe: 'ok', clock: 'ok', disk: 'skipped', providers: 'skipped', answers: 'skipped',
  })
})

await t.test('a source without a recent file is marked, with what to do', async (t) => {
  await empty(pool)
  await pool.query(`insert into tickers (symbol) values ('AAPL')`)
  const folder = t.testdir({ day_aggs_v1: { 2017: { '03': { '2017-03-31.csv.gz': '' } } } })
  const answer = await runCommand(doctor, ['doctor'], { pool, now: () => new Date(), env: { DATABASE_URL: url }, settings: { source: folder } })
  t.match(answer, { exitCode: 0, json: { healthy: true }, text: /! source +.* has no day file of the last 31 days\n +if it should, see .*--start and --end\n[^]*\n\nAll is well but for what is marked with !\.$/ })
  t.match(states(answer), { source: 'warning' })
})

await t.test('each thing that is wrong has its line with what to do', async (t) => {
  const { url, pool } = await emptyDatabase(t)
  const answer = await runCommand(doctor, ['doctor'], { pool, now: '2017-04-01T12:00:00Z', env: { DATABASE_URL: url }, settings: { source: '/nowhere' } })
  t.equal(answer.exitCode, 2)
  t.same(states(answer), {
    node: 'ok', 'time zones': 'ok', credentials: 'skipped', source: 'failed', database: 'ok', extension: 'failed', schema: 'failed', universe: 'skipped', clock: 'failed', disk: 'skipped', providers: 'skipped', answers: 'skipped',
  })
  t.match(answer.text, /✗ schema +lacks 0001_universe\.sql.*\n +ohlcv db up/)
  t.match(answer.text, /✗ source +the source directory \/nowhere is not there/)
  t.match(answer.text, /4 of 12 need attention\.$/)
  const { url: ready } = await freshDatabase(t)
  t.match((await runCommand(doctor, ['doctor'], { pool, env: { DATABASE_URL: ready } })).text, /✗ universe +no securities.*\n +ohlcv universe import/)
})

await t.test('where a key is set, so is looked at what fetches need; the key itself is not shown', async (t) => {
  await empty(pool)
  const look = (settings: Record<string, string>) => runCommand(doctor, ['doctor'], { pool, env: { DATABASE_URL: url, MASSIVE_API_KEY: SECRET }, settings })
  const home = t.testdir({ 'providers.yaml': 'providers: { massive: { priority: often } }', 'no folder': '' })
  const well = await look({ home: path.join(home, 'not there yet') })
  t.match(states(well), { providers: 'ok', answers: 'ok' })
  t.match(well.text, /✓ providers +MASSIVE_API_KEY is set\n✓ answers +kept in .*not there yet\/raw\n/)
  t.same(readdirSync(home).toSorted(), ['no folder', 'providers.yaml'], 'and leaves nothing behind')
  const broken = await look({ providers: path.join(home, 'providers.yaml'), answers: path.join(home, 'no folder/raw') })
  t.match(states(broken), { providers: 'failed', answers: 'failed' })
  t.match(broken.text, /✗ providers +.*providers\.yaml.*priority[^]*✗ answers +answers cannot be kept in .*ENOTDIR.*\n +make room there/)
  t.notMatch(well.text + broken.text + JSON.stringify(broken.json), SECRET)
})

await t.test('a database that cannot be reached is one failure, and its password is not shown', async (t) => {
  await empty(pool)
  const answer = await runCommand(doctor, ['doctor'], { pool, colour: true, env: { DATABASE_URL: `postgres://ann:${SECRET}@127.0.0.1:1/market` } })
  t.equal(answer.exitCode, 2)
  t.match(states(answer), { database: 'failed', schema: 'skipped', universe: 'skipped', clock: 'skipped' })
  t.match(answer.text, '\x1b[31m✗\x1b[39m database')
  t.notMatch(answer.text + JSON.stringify(answer.json), SECRET)
})

await t.test('credentials are said to be there, not what they are', async (t) => {
  await empty(pool)
  const env = { DATABASE_URL: url, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1', AWS_REGION: 'us-east-1' }
  const credentials = async (more: NodeJS.ProcessEnv) => {
    const answer = await runCommand(doctor, ['doctor'], { pool, env: { ...env, ...more }, settings: { source: 's3://flatfiles/us_stocks_sip' } })
    t.notMatch(answer.text + JSON.stringify(answer.json), SECRET)
    return (answer.json['checks'] as Examined[]).find(({ name }) => name === 'credentials')
  }
  t.match(await credentials({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: SECRET }), { state: 'ok' })
  t.match(await credentials({ AWS_SECRET_ACCESS_KEY: SECRET }), { state: 'failed', message: /AWS_ACCESS_KEY_ID is not set/ })
})

await t.test('which variables name the database is said, whether it answers or not', async (t) => {
  await empty(pool)
  const database = async (env: NodeJS.ProcessEnv) => ((await runCommand(doctor, ['doctor'], { pool, env })).json['checks'] as Examined[]).find(({ name }) => name === 'database')
  t.match(await database({ DATABASE_URL: url }), { state: 'ok', message: /\(named by DATABASE_URL\)$/ })
  t.match(await database({ DB_HOST: '127.0.0.1', DB_PORT: '1' }), { state: 'failed', message: 'no PostgreSQL answers at 127.0.0.1:1/tickstock as postgres (named by DB_HOST, DB_PORT)' })
  t.match(await database({ DB_HOST: '127.0.0.1', PGSSLMODE: 'requir' }), { state: 'failed', message: /^PGSSLMODE is/, hint: 'did you mean require?' })
})

await t.test('the embedded database is made ready, and its disk looked at', async (t) => {
  await empty(pool)
  const home = await prepared(embeddedHome(t))
  await keepRunning(quietly(home))
  t.teardown(() => stopEmbedded(quietly(home)))
  const answer = await runCommand(doctor, ['doctor'], { pool, now: () => new Date(), settings: { home } })
  t.match(states(answer), { database: 'ok', schema: 'ok', universe: 'failed', disk: /ok|failed/, clock: 'ok' })
})
