import path from 'node:path'
import type pg from 'pg'
import t, { type Test } from 'tap'
import { freshDatabase } from '../helpers/database.js'
import { embeddedHome, prepared } from '../helpers/embedded-home.js'
import { manyBars, putDayFile, registerSymbols } from '../helpers/load.js'
import { processesIn, runProgram, startProgram, type Started } from '../helpers/process.js'
import { IN_THIS_DATABASE, until } from '../helpers/until.js'

const FIRST = '2025-01-06'
const LAST = '2025-01-08'
const BARS = manyBars(50)

t.setTimeout(300_000)
const root = t.testdir({})
for (const date of [FIRST, '2025-01-07', LAST]) putDayFile(root, date, BARS)
const line = ['load', '--source', root, '--start', FIRST, '--end', LAST, '--lanes', '1']

interface Document {
  exit_code: number
  dates: { date: string; outcome: string }[]
}

/** A load that waits, in the midst of its second date's transaction, for a lock that is never released. */
async function stuckLoad(t: Test): Promise<{ pool: pg.Pool; loader: Started }> {
  const { url, pool } = await freshDatabase(t)
  await registerSymbols(pool, BARS.map((bar) => bar.split(',')[0]!))
  await pool.query(`
    create table gate (x integer);
    create function wait() returns trigger language plpgsql as $$ begin if new.date = '2025-01-07' then lock table gate in share mode; end if; return new; end $$;
    create trigger wait before insert on days for each row execute function wait()`)
  const guard = await pool.connect()
  t.teardown(() => guard.release(true))
  await guard.query('begin; lock table gate in exclusive mode')
  const loader = startProgram(t, [...line, '--json'], { DATABASE_URL: url })
  const isWaiting = `select from pg_locks where relation = 'gate'::regclass and ${IN_THIS_DATABASE} and not granted`
  await until(async () => (await pool.query(isWaiting)).rowCount !== 0)
  return { pool, loader }
}

const othersIn = async (pool: pg.Pool) => (await pool.query(
  `select from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`)).rowCount

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  await t.test(`${signal} rolls back the date under way, keeps those before, and tells`, async (t) => {
    const { pool, loader } = await stuckLoad(t)
    loader.kill(signal)
    const { code: exit, stdout } = await loader.ended
    t.equal(exit, code)
    const document = JSON.parse(stdout) as Document
    t.equal(document.exit_code, code)
    t.match(document.dates, [{ date: FIRST, outcome: 'loaded' }, { date: '2025-01-07', outcome: 'interrupted' }])
    t.same((await pool.query('select distinct time from ohlcv_daily')).rows, [{ time: FIRST }])
    t.same((await pool.query('select status, exit_code from ingestion_runs')).rows, [{ status: 'interrupted', exit_code: code }])
    t.same((await pool.query('select date, outcome from attempts order by date')).rows,
      [{ date: FIRST, outcome: 'loaded' }, { date: '2025-01-07', outcome: 'interrupted' }])
    t.equal(await othersIn(pool), 0, 'no connection is left')
  })
}

await t.test('a second signal, of whichever kind, ends the process at once', async (t) => {
  const { url, pool } = await freshDatabase(t)
  await registerSymbols(pool, BARS.map((bar) => bar.split(',')[0]!))
  // Nothing ever comes through this pipe, and nothing is written to it.
  const loader = startProgram(t, ['load', '--file', '-', '--date', FIRST, '-v'], { DATABASE_URL: url })
  await loader.says(/load begins/)
  loader.kill('SIGINT')
  loader.kill('SIGTERM')
  const { code } = await loader.ended
  t.ok(code === 143 || code === 130, String(code))
})

await t.test('the embedded server of a load ends with it, also when the load was stopped; of a killed one it is found again', async (t) => {
  const home = await prepared(embeddedHome(t))
  const env = { OHLCV_HOME: home }
  const universe = path.join(t.testdir({ 'universe.csv': `symbol\n${BARS.map((bar) => bar.split(',')[0]!).join('\n')}\n` }), 'universe.csv')
  t.equal((await runProgram(t, ['universe', 'import', universe], env)).code, 0)
  t.same(processesIn(home), [], 'after a command that ended well')
  const stopped = startProgram(t, line, env)
  await stopped.says(/load begins/)
  stopped.kill('SIGTERM')
  t.ok([0, 143].includes((await stopped.ended).code ?? -1))
  t.same(processesIn(home), [], 'after a signal')
  t.equal((await runProgram(t, [...line, '--force'], { ...env, OHLCV_FAILPOINT: 'before-merge' })).signal, 'SIGKILL')
  t.equal(processesIn(home).length > 0, true, 'a killed process cannot stop its server')
  t.equal((await runProgram(t, line, env)).code, 0)
  t.same(processesIn(home), [], 'the next command finds it, uses it, and stops it')
})
