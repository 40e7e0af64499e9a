import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { freshDatabase } from '../helpers/database.js'
import { Random } from '../helpers/random.js'
import { PASSING } from '../helpers/rest-faults.js'
import { startRestServer } from '../helpers/rest-server.js'
import { faultsOfFiles, FetchHome } from './fetching.js'

t.setTimeout(3_600_000)

/** A few kills with a fixed seed in the suite; `make fetches` has more, and another seed each time. */
const KILLS = Number(process.env['POLLS_KILLS'] ?? 3)
const SEED = Number(process.env['FETCHES_SEED'] ?? 1)
/** How many times faster the clock runs. */
const SPEED = 600
const SYMBOLS = ['AAPL', 'MSFT', 'SPY']
const DATE = '2026-11-20'
const OPEN = `${DATE}T14:30:00Z`
/** From then on nobody is killed: the clock jumps there. */
const LAST = `${DATE}T20:50:00Z`
const CLOSE = `${DATE}T21:00:00Z`
const FAILING = 0.05
/** Milliseconds that a life has at most once it polls. */
const LIFE = 600

await t.test(`a poll that is killed ${KILLS} times at random, and begun again, has every minute once, as it was traded (seed ${SEED})`, async (t) => {
  t.comment(`seed ${SEED}; again with: make fetches FETCHES_SEED=${SEED} POLLS_KILLS=${KILLS}`)
  const random = new Random(SEED)
  const { url, pool } = await freshDatabase(t)
  let [instant, began] = [OPEN, Date.now()]
  const now = (): Date => new Date(Date.parse(instant) + (Date.now() - began) * SPEED)
  const server = await startRestServer({ now })
  t.teardown(() => server.close())
  server.fault = () => (random.chance(FAILING) ? random.pick(PASSING) : undefined)
  const home = new FetchHome(t.testdir({}))
  const start = () => {
    const child = spawn('/usr/bin/env', [
      '-u', 'NODE_OPTIONS', process.execPath, path.join(import.meta.dirname, '../helpers/poll-process.js'), SYMBOLS.join(','), '60', String(began), instant, String(SPEED), home.folder,
    ], { env: { ...process.env, ...server.env, DATABASE_URL: url }, stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    return child
  }
  for (let kills = 0; kills < KILLS; kills++) {
    const child = start()
    const ended = once(child, 'close')
    await Promise.race([once(child.stdout, 'data'), ended])
    await delay(random.below(LIFE))
    child.kill('SIGKILL')
    const [, signal] = (await ended) as [number | null, string | null]
    t.equal(signal, 'SIGKILL')
  }
  ;[instant, began] = [LAST, Date.now()]
  const [code] = (await once(start(), 'close')) as [number | null]
  t.equal(code, 0)

  for (const symbol of SYMBOLS) {
    const { rows } = await pool.query<{ bar: string }>(`
      select concat_ws('|', extract(epoch from time)::bigint * 1000, open, high, low, close, volume, transactions) as bar
      from ohlcv_minute join ticker_symbols using (symbol_id) where symbol = $1 order by time`, [symbol])
    const traded = server.market.bars(symbol, 'minute', { start: DATE, end: DATE }).filter(({ t }) => t < Date.parse(CLOSE))
    t.same(rows.map(({ bar }) => bar).filter((bar) => Number(bar.split('|')[0]) < Date.parse(CLOSE)),
      traded.map(({ t, open, high, low, close, volume, transactions }) => [t, open, high, low, close, volume, transactions].join('|')), symbol)
    t.ok(traded.length > 390, 'with the pre-market')
  }
  const { rows } = await pool.query<{ state: string; count: number }>('select state, count(*)::integer as count from jobs group by state order by state')
  t.same(rows, [{ state: 'completed', count: 1 }, { state: 'interrupted', count: KILLS }])
  t.same((await pool.query(`select count(*) from ingestion_runs where status = 'running'`)).rows, [{ count: 0 }])
  const { rows: jobs } = await pool.query<{ job: string }>(`select job_id as job from jobs where state = 'completed'`)
  t.same(await faultsOfFiles(pool, home, jobs[0]!.job), [], 'and every answer that is named is kept')
})
