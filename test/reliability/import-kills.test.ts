import t from 'tap'
import { runProgram } from '../helpers/process.js'
import { importWorld } from '../helpers/imports.js'

t.setTimeout(120_000)
const world = await importWorld(t)
const { pool } = world
const SYMBOLS = ['AAA', 'BBB', 'CCC', 'DDD']
const env = { DATABASE_URL: world.url, OHLCV_HOME: world.home }

async function afresh(): Promise<void> {
  await world.afresh(SYMBOLS)
  await pool.query(`
    create table old.ohlcv (symbol text, date date, open int, high int, low int, close int, volume int);
    insert into old.ohlcv select symbol, '2025-01-06'::date + n, 1, 1, 1, 1, n from unnest($1::text[]) symbol, generate_series(0, 2) n`.replace('$1', `array['${SYMBOLS.join("', '")}']`))
}

/** Everything that an import decides, but for the numbers that it gives and when it did so. */
async function state(): Promise<string[]> {
  return [
    ...await world.bars(),
    ...await world.lines(`select symbol, timespan, part, provider, status, bars, inserted, cardinality(fetch_ids) from ingestion_audit order by 1`),
    ...await world.lines(`select symbol, form, status, bars, inserted, cardinality(pages) from fetches order by 1`),
    ...await world.lines(`select state, kind, progress from jobs`),
  ]
}

await t.test('an import that is killed anywhere goes on with what was not finished, and ends as if it had not been', async (t) => {
  await afresh()
  t.equal((await runProgram(t, ['import', 'legacy', '--table', 'old.ohlcv'], env)).code, 0)
  const whole = await state()
  t.equal(whole.length, 12 + 4 + 4 + 1)
  for (const failpoint of ['fetch-before-commit:2', 'fetch-after-commit:3']) {
    await afresh()
    t.equal((await runProgram(t, ['import', 'legacy', '--table', 'old.ohlcv'], { ...env, OHLCV_FAILPOINT: failpoint })).signal, 'SIGKILL', failpoint)
    const [job] = await world.lines('select job_id from jobs')
    const { code, stdout, stderr } = await runProgram(t, ['import', 'legacy', '--resume', job!, '--json'], env)
    t.equal(code, 0, stderr)
    t.match(JSON.parse(stdout), { state: 'completed', finished_before: failpoint.endsWith('2') ? 1 : 3 }, failpoint)
    t.same(await state(), whole, failpoint)
  }
})

await t.test('a job of another kind is not gone on with, and nothing is chosen beside one', async (t) => {
  await afresh()
  await pool.query(`insert into jobs (job_id, kind, request) values ('f', 'fetch', '{}')`)
  await t.rejects(world.run('import legacy --resume f'), { code: 'JOB_OTHER_KIND', message: 'the job f is no import; its kind is fetch' })
  await pool.query(`insert into jobs (job_id, kind, request) values ('c', 'import', '{"files": ["a.csv"], "provider": "yahoo"}')`)
  await t.rejects(world.run('import legacy --resume c'), { code: 'JOB_OTHER_KIND', message: 'the job c imports files, and no table', hint: /^import the files again/ })
  await t.rejects(world.run('import legacy --resume none'), { code: 'JOB_UNKNOWN' })
  await t.rejects(world.run('import legacy --resume f --table old.ohlcv'), { code: 'FETCH_RESUME' })
})

await t.test('a file may come by stdin', async (t) => {
  await afresh()
  const { code, signal } = await runProgram(t, ['import', 'csv', '--provider', 'yahoo', '--symbol', 'AAA'], env, { input: 'Date,Open,High,Low,Close,Adj Close,Volume\n2025-01-06,1,1,1,1,1,1\n2025-01-07,1,1,1,1,1,1\n' })
  t.same([code, signal], [0, null])
  t.same(await world.lines('select symbol, part, status from ingestion_audit'), ['AAA stdin stored'])
})
