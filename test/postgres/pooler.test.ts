import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { universe } from '../../lib/cli/commands/universe/group.js'
import { verify } from '../../lib/cli/commands/verify.js'
import { cancelQuery } from '../../lib/postgres/failures.js'
import { connectDatabase, openDatabase } from '../../lib/postgres/open.js'
import { serverProcess } from '../../lib/postgres/session.js'
import { callProgram } from '../helpers/call-program.js'
import { freshDatabase } from '../helpers/database.js'
import { FIXTURES, fixtureSource, loadDates, wholeState } from '../helpers/load.js'
import { NO_PGBOUNCER, startPgBouncer } from '../helpers/pgbouncer.js'
import { runCommand } from '../helpers/run-command.js'

const [FIRST, LAST] = ['2026-02-19', '2026-02-24']
const options = (url: string, log = pino({ enabled: false })) => ({ env: { DATABASE_URL: url }, home: undefined, create: false, log, signal: new AbortController().signal })

/** What a logger is told. */
function listening(): { log: pino.Logger; said: string[] } {
  const said: string[] = []
  return { log: pino({}, { write: (line: string) => void said.push((JSON.parse(line) as { msg: string }).msg) }), said }
}

async function hydrate(pool: pg.Pool): Promise<void> {
  await runCommand(universe, ['universe', 'import', path.join(FIXTURES, 'universe.csv')], { pool })
  await loadDates(pool, fixtureSource(), FIRST, LAST, { lanes: 3 })
  await runCommand(universe, ['universe', 'rename', 'OLDN', 'NEWN', '--on', '2026-02-23'], { pool })
  await loadDates(pool, fixtureSource(), FIRST, LAST, { lanes: 3 })
}

await t.test('a pooler in session mode does for a hydrate, a rename and what verifies them', { skip: NO_PGBOUNCER }, async (t) => {
  const { pool: direct } = await freshDatabase(t)
  await hydrate(direct)
  const { url, pool: looking } = await freshDatabase(t)
  const { log, said } = listening()
  const pooled = await openDatabase(options(await startPgBouncer(t, url, 'session'), log))
  t.teardown(() => pooled.close())
  const { pool } = pooled
  await hydrate(pool)
  t.match(await runCommand(verify, ['verify'], { pool }), { exitCode: 0, text: /all as they were loaded/ })
  t.same(await wholeState(looking), await wholeState(direct))
  t.same(said, [])
})

await t.test('behind a pooler the server\'s process is the server\'s, and its query can be canceled', { skip: NO_PGBOUNCER }, async (t) => {
  const { url } = await freshDatabase(t)
  const pooled = await connectDatabase(options(await startPgBouncer(t, url, 'session')))
  t.teardown(() => pooled.close())
  const { pool } = pooled
  const client = await pool.connect()
  t.not(serverProcess(client), (client as unknown as { processID: number }).processID, 'the pooler says another one')
  const sleeping = client.query('select pg_sleep(30)')
  await pool.query(`select from pg_stat_activity where pid = ${serverProcess(client)} and query like '%pg_sleep%'`)
  await Promise.all([cancelQuery(pool, client), t.rejects(sleeping, { code: '57014' })])
  client.release()
})

for (const mode of ['transaction', 'statement'] as const) {
  for (const settings of [{}, { server_round_robin: 1 }, { default_pool_size: 1 }]) {
    await t.test(`a pooler in ${mode} mode is recognized, ${JSON.stringify(settings)}`, { skip: NO_PGBOUNCER }, async (t) => {
      const { url } = await freshDatabase(t)
      const pooled = await startPgBouncer(t, url, mode, settings)
      // Others use the pooler at the same time: it has sessions to choose from.
      const others = new pg.Pool({ connectionString: pooled })
      t.teardown(() => others.end())
      const { rows: before } = await others.query('show search_path')
      await Promise.all(Array.from({ length: 5 }, () => others.query('select pg_sleep(0.1)')))
      await t.rejects(openDatabase(options(pooled)), {
        name: 'UsageError', code: 'DATABASE_POOLER', message: /is a pooler that gives a connection another session/, hint: /pool_mode = session/,
      })
      // With one session it is certain which one the others get.
      if ('default_pool_size' in settings) t.same((await others.query('show search_path')).rows, before, 'nothing of ours stays in the sessions of others')
    })
  }
}

/** The program, told a database. */
const ohlcv = (url: string, ...line: string[]) => callProgram(line, { DATABASE_URL: url })

await t.test('load, status and doctor all refuse it and say what to do', { skip: NO_PGBOUNCER }, async (t) => {
  const { url } = await freshDatabase(t)
  for (const mode of ['transaction', 'statement'] as const) {
    const pooled = await startPgBouncer(t, url, mode)
    for (const line of [['load', '--source', path.join(FIXTURES, 'us_stocks_sip'), '--start', FIRST, '--end', LAST], ['status']]) {
      const { code, stderr } = await ohlcv(pooled, ...line)
      t.equal(code, 2)
      t.match(stderr, /is a pooler that gives a connection another session of the server with each transaction or statement[^]*connect where it pools by session/, `${line[0]}, ${mode}`)
      t.notMatch(stderr, /\n +at /)
    }
    const { code, stdout } = await ohlcv(pooled, 'doctor')
    t.equal(code, 2)
    t.match(stdout, /✗ database +127\.0\.0\.1:\d+\/.* is a pooler that gives a connection another session.*\n +connect where it pools by session/, `doctor, ${mode}`)
  }
})

await t.test('a pooler with one session to give is taken to pool by session, with a warning', { skip: NO_PGBOUNCER }, async (t) => {
  const { url } = await freshDatabase(t)
  const { log, said } = listening()
  const pooled = await connectDatabase(options(await startPgBouncer(t, url, 'session', { default_pool_size: 1 }), log))
  t.match(said, [/gives no second connection just now/])
  t.equal((await pooled.pool.query('select 1')).rowCount, 1)
  await pooled.close()
})

await t.test('a server that is reached directly is not examined', async (t) => {
  const { url } = await freshDatabase(t)
  const database = await connectDatabase(options(url))
  t.equal(database.pool.totalCount, 1)
  await database.close()
})
