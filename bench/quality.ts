import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import pg from 'pg'
import { pino } from 'pino'
import { readSettings } from '../lib/cli/framework/settings.js'
import { thresholdsOf } from '../lib/cli/framework/thresholds.js'
import { DAY_AGGS } from '../lib/datasets/day.js'
import type { IsoDate } from '../lib/domain/dates.js'
import { NO_FAILPOINTS } from '../lib/domain/failpoint.js'
import { instantOf } from '../lib/domain/zone.js'
import { TYPES } from '../lib/postgres/database.js'
import { SteadyPool } from '../lib/postgres/steady-pool.js'
import { dayFilePath, HEADER } from './data.js'
import { ohlcv } from './measure.js'
import { daysOf, plantDefects, toldSplits, type Planted } from './quality-defects.js'
import { makeMarket, type MarketBar } from './quality-market.js'
import { percentOf, scoresOf, type Score } from './quality-score.js'
import { Random } from './random.js'
import { freshOurs, OURS, sample, type Samples } from './scenarios.js'
import type { Server } from './server.js'

const SECURITIES = 1000
const SESSIONS = 300
/** Of each sort of defect: a thousand in all. */
const EACH = 58
const pack = promisify(gzip)

/** A line of a day file; a cell without a number is empty. */
function line(symbol: string, { volume, open, close, high, low }: MarketBar, windowStart: string): string {
  const cell = (value: number) => (Number.isNaN(value) ? '' : String(value))
  return `${symbol},${[volume, open, close, high, low].map(cell).join(',')},${windowStart},1\n`
}

/** Writes the day files of a market; returns the folder to be given as `--source`. */
async function writeFiles(cache: string, planted: Planted): Promise<string> {
  const root = path.join(cache, 'quality')
  await rm(root, { recursive: true, force: true })
  for (const { date, bars } of daysOf(planted)) {
    const windowStart = `${instantOf(date, '00:00', 'America/New_York').getTime()}000000`
    const file = path.join(root, dayFilePath(DAY_AGGS, date))
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, await pack(HEADER + bars.map(({ symbol, bar }) => line(symbol, bar, windowStart)).join('')))
  }
  return root
}

/** Splits that a source told. */
async function tellSplits(pool: pg.Pool, planted: Planted): Promise<void> {
  for (const { symbol, split } of toldSplits(planted)) {
    const [from, to] = split!.shares > 1 ? [2, 2 * split!.shares] : [1 / split!.shares, 1]
    await pool.query(
      `insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at)
       select symbol_id, $2::date, 'massive', $3, $4, true, $2::date, symbol, '', now() from tickers where symbol = $1`, [symbol, planted.dates[split!.at], Math.round(from), to])
  }
}

/** The check of the built program: it is what is measured. */
const built = (): Promise<typeof import('../lib/features/quality/check/check.js')> => import(path.resolve('dist/lib/features/quality/check/check.js')) as never

/** The database of the harness. */
export function poolOf(server: Server): pg.Pool {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = server.env(OURS)
  return new pg.Pool({ host: PGHOST, port: Number(PGPORT), user: PGUSER, password: PGPASSWORD ?? '', database: OURS, types: TYPES })
}

/** Checks what is stored, with the settings as they are without any; how long that takes. */
export async function check(pool: pg.Pool): Promise<number> {
  const log = pino({ enabled: false })
  const runtime = { db: new SteadyPool(pool, 30, log), log, now: () => new Date(), signal: new AbortController().signal, failpoint: NO_FAILPOINTS }
  const { checkQuality } = await built()
  const request = { start: null, end: null, exchange: 'XNYS' as const, again: false, thresholds: { ...thresholdsOf(readSettings({}, {})) } }
  const { seconds } = await checkQuality(runtime, request, { exitCodeOfError: () => 1 })
  return seconds
}

const table = (head: string, scores: readonly Score[]): string => [head, ...scores.map(({ name, all, right }) => `  ${name}: ${right} of ${all}`)].join('\n')

/** How many of a thousand planted defects the rules find in a realistic market, and how much of what they tell is one. */
export async function plantedDefects(server: Server, cache: string, seed: number, samples: Samples, said: (text: string) => void): Promise<void> {
  const random = new Random(seed)
  const planted = plantDefects(makeMarket(SECURITIES, SESSIONS, random), EACH, random)
  const source = await writeFiles(cache, planted)
  const dates: IsoDate[] = planted.dates
  await freshOurs(server, source, dates)
  await ohlcv(['load', '--source', source, '--start', dates[0]!, '--end', dates.at(-1)!, '--include-closed', '--max-rejected', '100', '--max-removed', '100'], server.env(OURS))
  const pool = poolOf(server)
  try {
    await tellSplits(pool, planted)
    sample(samples, 'check of 300 sessions of 1000 securities', await check(pool))
    const { recall, precision } = await scoresOf(pool, planted)
    said(table('planted and found:', recall))
    said(table('told and planted:', precision))
    sample(samples, 'planted defects', planted.defects.length)
    sample(samples, 'planted defects found (%)', percentOf(recall))
    sample(samples, 'what is told that was planted (%)', percentOf(precision))
  } finally {
    await pool.end()
  }
}
