import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type pg from 'pg'
import { DAY_AGGS } from '../lib/datasets/day.js'
import type { IsoDate } from '../lib/domain/dates.js'
import { dayFilePath, type Data } from './data.js'
import { ohlcv } from './measure.js'
import { check, poolOf } from './quality.js'
import { freshOurs, OURS, sample, settle, universeDates, type Samples } from './scenarios.js'
import type { Server } from './server.js'

const [pack, unpack] = [promisify(gzip), promisify(gunzip)]
/** Cells of a line that are prices, after symbol and volume. */
const [FIRST_PRICE, AFTER_PRICES] = [2, 6]
/** How often nothing is found to have changed. */
const TIMES = 5
/** What the bad print is off by. */
const FACTOR = 1000

interface Checked {
  bars: number
  seconds: number
}

/** What the last check says of itself. */
async function lastCheck(pool: pg.Pool): Promise<Checked> {
  const { rows } = await pool.query<Checked>(
    `select (totals->>'bars')::float8 as bars, (totals->>'seconds')::float8 as seconds from ingestion_runs where command = 'quality' order by run_id desc limit 1`)
  return rows[0]!
}

/** A copy of a date's file with the prices of one row too high by a factor; returns its folder, and whose row it is. */
async function withBadPrint(cache: string, { root }: Data, date: IsoDate): Promise<{ source: string; symbol: string }> {
  const [source, file] = [path.join(cache, 'bad-print'), dayFilePath(DAY_AGGS, date)]
  const lines = (await unpack(await readFile(path.join(root, file)))).toString().split('\n')
  const place = lines.length >> 1
  const cells = lines[place]!.split(',')
  lines[place] = cells.map((cell, at) => (at >= FIRST_PRICE && at < AFTER_PRICES ? String(Number(cell) * FACTOR) : cell)).join(',')
  await rm(source, { recursive: true, force: true })
  await mkdir(path.dirname(path.join(source, file)), { recursive: true })
  await writeFile(path.join(source, file), await pack(lines.join('\n')))
  return { source, symbol: cells[0]! }
}

/** Whether a power of ten is told of the symbol and date. */
async function isFound(pool: pg.Pool, symbol: string, date: IsoDate): Promise<boolean> {
  const { rows } = await pool.query(`select 1 from findings where rule = 'power_of_ten' and state = 'open' and symbol = $1 and date = $2`, [symbol, date])
  return rows.length === 1
}

/** The check of every date: the first one, one with nothing changed, one with one date more, and one with one bad print in the middle of the years. */
export async function largeChecks(server: Server, cache: string, data: Data, samples: Samples, said: (text: string) => void): Promise<void> {
  const { root, dates } = data
  const [first, middle, before, last] = [dates[0]!, dates[dates.length >> 1]!, dates.at(-2)!, dates.at(-1)!]
  const env = server.env(OURS)
  const load = (source: string, start: IsoDate, end: IsoDate) => ohlcv(['load', '--source', source, '--start', start, '--end', end], env)
  await freshOurs(server, root, universeDates(data))
  await load(root, first, before)
  await settle(server)
  said('  loaded')
  const cost = await ohlcv(['quality', '--start', first, '--end', last, '--limit', '1', '--min-data-quality', '0'], env)
  const pool = poolOf(server)
  try {
    const { bars, seconds } = await lastCheck(pool)
    said(`  first check: ${seconds.toFixed(1)} s of ${bars.toLocaleString('en-US')} bars`)
    sample(samples, 'first check', seconds)
    sample(samples, 'first check (bars/s)', bars / seconds)
    sample(samples, 'first check, processor time of node', cost.cpuSeconds)
    sample(samples, 'first check, peak memory (MB)', cost.peakMegabytes)
    for (let time = 0; time < TIMES; time++) sample(samples, 'check of nothing changed (ms)', 1000 * await check(pool))
    await load(root, last, last)
    sample(samples, 'check of one more date', await check(pool))
    const { source, symbol } = await withBadPrint(cache, data, middle)
    await load(source, middle, middle)
    sample(samples, 'one bad print found', await check(pool))
    if (!(await isFound(pool, symbol, middle))) throw new Error(`the bad print of ${symbol} on ${middle} was not found`)
  } finally {
    await pool.end()
  }
}
