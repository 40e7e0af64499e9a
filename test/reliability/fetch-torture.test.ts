import path from 'node:path'
import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import t from 'tap'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import type { TimespanName } from '../../lib/datasets/timespan.js'
import { freshDatabase } from '../helpers/database.js'
import { runProgram, startProgram, type Ended } from '../helpers/process.js'
import { Random } from '../helpers/random.js'
import { PASSING } from '../helpers/rest-faults.js'
import type { RestMarket } from '../helpers/rest-market.js'
import { startRestServer } from '../helpers/rest-server.js'
import { faultsOfFiles, fetchedState, FetchHome, tracesOf } from './fetching.js'

t.setTimeout(3_600_000)

/** A short backfill with a fixed seed in the suite; `make fetches` makes it one of 500 symbols and five years with another seed each time. */
const SYMBOLS = Number(process.env['FETCHES_SYMBOLS'] ?? 14)
const YEARS = Number(process.env['FETCHES_YEARS'] ?? 1)
const KILLS = Number(process.env['FETCHES_KILLS'] ?? 3)
const SEED = Number(process.env['FETCHES_SEED'] ?? 1)

const END = '2025-01-06'
const RANGE = { start: `${2025 - YEARS}-01-08`, end: END }
/** The last two sessions: hours are asked for no more. */
const HOURS = { start: '2025-01-03', end: END }
const TIMESPANS = ['hour', 'day', 'week', 'month'] as const
const LANES = 8
/** Of the answers, those that fail at random. */
const FAILING = 0.05
/** The job is whole sooner, whatever fails. */
const MOST_RESUMES = 20

/** Every bar of the market as it is to be stored. */
function* barsOf(market: RestMarket, symbol: string, timespan: TimespanName): Generator<string> {
  const { ofDates } = timespanNamed(timespan)
  for (const { t, date, open, high, low, close, volume, transactions } of market.bars(symbol, timespan, timespan === 'hour' ? HOURS : RANGE)) {
    yield [ofDates ? date : new Date(t).toISOString(), open, high, low, close, volume, transactions].join('|')
  }
}

/** The stored bars of a symbol, in order. */
async function storedBars(pool: pg.Pool, symbol: string, timespan: TimespanName): Promise<string[]> {
  const { table, ofDates } = timespanNamed(timespan)
  const time = ofDates ? 'time' : `to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`
  const { rows } = await pool.query<{ bar: string }>(`
    select concat_ws('|', ${time}, open, high, low, close, volume, transactions) as bar
    from ${table} where symbol_id = (select symbol_id from ticker_symbols where symbol = $1) order by time`, [symbol])
  return rows.map(({ bar }) => bar)
}

await t.test(`a backfill of ${SYMBOLS} symbols over ${YEARS} years with failing answers, killed ${KILLS} times, is whole in the end (seed ${SEED})`, async (t) => {
  t.comment(`seed ${SEED}; again with: make fetches FETCHES_SEED=${SEED} FETCHES_SYMBOLS=${SYMBOLS} FETCHES_YEARS=${YEARS} FETCHES_KILLS=${KILLS}`)
  const started = performance.now()
  const random = new Random(SEED)
  const { url, pool } = await freshDatabase(t)
  const home = new FetchHome(t.testdir({}))
  const symbols = Array.from({ length: SYMBOLS }, (_, index) => `S${String(index).padStart(3, '0')}`)
  const server = await startRestServer({ securities: Object.fromEntries(symbols.map((symbol) => [symbol, {}])) })
  t.teardown(() => server.close())
  let failed = 0
  server.fault = () => {
    if (!random.chance(FAILING)) return undefined
    failed++
    return random.pick(PASSING)
  }
  const files = { symbols: path.join(home.folder, 'symbols.txt'), limits: path.join(home.folder, 'limits.yaml') }
  writeFileSync(files.symbols, symbols.join('\n'))
  writeFileSync(files.limits, 'providers:\n  massive:\n    priority: 1\n    tier: primary\n')
  const env = { ...server.env, DATABASE_URL: url, OHLCV_HOME: home.folder, OHLCV_PROVIDERS: files.limits, OHLCV_FETCH_LANES: String(LANES) }
  const begin = ['fetch', '--provider', 'massive', '--file', files.symbols, '--start', RANGE.start, '--end', RANGE.end, '--job', 'backfill']
  const resume = ['fetch', '--resume', 'backfill', '--json']
  const ends: Ended[] = []

  // Each life is some part of what the whole would take without the deaths.
  const lifeMs = (SYMBOLS * YEARS * 20) / (KILLS + 1) + 500
  let kills = 0
  while (kills < KILLS) {
    const program = startProgram(t, ends.length === 0 ? begin : resume, env)
    await program.says(/JOB backfill/).catch(() => undefined)
    await Promise.race([delay(random.below(2 * lifeMs)), program.ended])
    program.kill('SIGKILL')
    const end = await program.ended
    ends.push(end)
    if (end.signal !== 'SIGKILL') break
    kills++
    const lines = home.auditLines('backfill')
    t.ok(lines === null || lines.length <= SYMBOLS * TIMESPANS.length, 'the lines of the audit file are whole')
  }
  let resumes = 0
  do {
    ends.push(await runProgram(t, resume, env))
    resumes++
  } while (ends.at(-1)!.code !== 0 && resumes < MOST_RESUMES)
  const seconds = (performance.now() - started) / 1000
  t.equal(ends.at(-1)!.code, 0, 'the last of them ended well', { end: ends.at(-1)!.stderr.slice(-2000) })

  const { rows: [figures] } = await pool.query<Record<'units' | 'failed' | 'asked' | 'tries' | 'failed_tries', number>>(`
    select count(*) as units, (select count(*) from fetches where status = 'failed') as failed, (select count(*) from fetches) as asked,
           sum(jsonb_array_length(tries))::bigint as tries, sum(jsonb_array_length(jsonb_path_query_array(tries, '$[*] ? (@.code != null)')))::bigint as failed_tries
    from ingestion_audit where job_id = 'backfill'`)
  t.comment(JSON.stringify({ kills, resumes, seconds: Math.round(seconds), requests: server.requests.length, failing: failed, ...figures }))
  t.equal(figures!.units, SYMBOLS * TIMESPANS.length)
  t.ok(figures!.failed < 0.05 * figures!.units, 'under 5 % of the units failed on the way')
  t.same((await pool.query(`select status, code, count(*)::integer from ingestion_audit group by 1, 2`)).rows, [{ status: 'stored', code: null, count: figures!.units }], 'every symbol is complete')
  t.same((await pool.query('select state, progress from jobs')).rows, [{ state: 'completed', progress: '100' }])
  t.ok(server.requests.length - failed <= SYMBOLS * (TIMESPANS.length + 1) + kills * LANES, 'what was finished was not asked for again')

  let bars = 0
  for (const symbol of symbols) {
    for (const timespan of TIMESPANS) {
      const [stored, there] = [await storedBars(pool, symbol, timespan), [...barsOf(server.market, symbol, timespan)]]
      bars += stored.length
      if (JSON.stringify(stored) !== JSON.stringify(there)) t.same(stored, there, `${symbol} ${timespan}`)
    }
  }
  t.same((await pool.query('select (select count(*) from ohlcv_daily) + (select count(*) from ohlcv_hourly) + (select count(*) from ohlcv_weekly) + (select count(*) from ohlcv_monthly) as bars')).rows,
    [{ bars }], `${bars} bars are those of the market, digit for digit, and there are no others`)
  t.same(await faultsOfFiles(pool, home, 'backfill'), [])

  const before = JSON.stringify(await fetchedState(pool))
  const replayed = await runProgram(t, ['fetches', 'replay', '--json'], { DATABASE_URL: url, OHLCV_HOME: home.folder })
  t.equal(replayed.code, 0, 'replay ended well', { stdout: replayed.stdout })
  t.equal(JSON.stringify(await fetchedState(pool)) === before, true, 'a replay of the kept answers changes nothing')
  t.same(await tracesOf(server.key, pool, home, [...ends, replayed].flatMap(({ stdout, stderr }) => [stdout, stderr])), [], 'the key is nowhere')
})
