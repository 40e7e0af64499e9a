import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { createCalendar } from '../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../lib/calendar/exchanges.js'
import { dayFilePath } from '../lib/transport/source.js'
import { DAY_AGGS } from '../lib/datasets/day.js'
import { isoDate, type IsoDate } from '../lib/domain/dates.js'
import { instantOf } from '../lib/domain/zone.js'
import { Random } from './random.js'

/** The last date of all made-up data, so that a year of it has both forms of volumes. */
const LAST = isoDate('2026-08-31')
/** From here on volumes are fractional and every number has six decimals, as in Massive's own files. */
const FRACTIONAL_FROM = isoDate('2026-02-23')
export const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions\n'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** Of 100 symbols so many carry such an ending, about as in the exchanges' lists of 2025. */
const ENDINGS = ['.WS', 'w', 'pA', 'pB', 'r', '.U', '.A', '.B']
const PLAIN_PERCENT = 88
/** Symbols that do not trade on a date. */
const ABSENT = 0.018
/** One row in so many is no bar: its low is above its open. */
const ONE_BAD_IN = 4000
const FILES_AT_ONCE = 4
const pack = promisify(gzip)

/** What the day files are made by; another value makes other files. */
export interface DataSize {
  sessions: number
  /** Rows a date, about. */
  rows: number
  seed: number
}

/** Made day files. */
export interface Data {
  /** To be given as `--source`. */
  root: string
  dates: IsoDate[]
  files: string[]
}

/** One security on its way through the days. */
export interface Security {
  ticker: string
  price: number
  /** Shares of a usual day. */
  volume: number
  /** Deviation of a day's return. */
  spread: number
}

function tickers(count: number, random: Random): string[] {
  const found = new Set<string>()
  while (found.size < count) {
    const length = [1, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5][random.below(13)]!
    let ticker = ''
    for (let i = 0; i < length; i++) ticker += LETTERS[random.below(26)]
    found.add(random.below(100) < PLAIN_PERCENT ? ticker : ticker + ENDINGS[random.below(ENDINGS.length)])
  }
  return [...found].sort()
}

/** The securities of a seed. Prices and volumes spread over orders of magnitude, as they do: pennies to thousands, hundreds of shares to tens of millions. */
export function securities(count: number, random: Random): Security[] {
  return tickers(count, random).map((ticker) => ({
    ticker,
    price: Math.exp(3 + 1.4 * random.normal()),
    volume: Math.exp(11 + 2.2 * random.normal()),
    spread: 0.008 + 0.03 * random.next() ** 3,
  }))
}

/** A price with the decimals that files had before 2026: cents, and four decimals now and then. */
function shortPrice(price: number, random: Random): number {
  const unit = price < 1 || random.below(6) === 0 ? 10_000 : 100
  return Math.max(Math.round(price * unit), 1) / unit
}

/** One bar as a line, of any window; moves the security's price on. */
export function barLine(security: Security, share: number, fractional: boolean, windowStart: string, random: Random): string {
  const open = shortPrice(security.price * (1 + security.spread * 0.3 * random.normal()), random)
  security.price = Math.min(Math.max(security.price * (1 + security.spread * random.normal()), 0.02), 900_000)
  const close = shortPrice(security.price, random)
  const high = shortPrice(Math.max(open, close) * (1 + security.spread * 0.4 * random.next()) + 0.005, random)
  const low = Math.min(shortPrice(Math.min(open, close) * (1 - security.spread * 0.4 * random.next()), random), open, close)
  const top = Math.max(high, open, close)
  const bottom = random.below(ONE_BAD_IN) === 0 ? top + 1 : low
  const shares = security.volume * share * (0.5 + random.next())
  const trades = Math.ceil(shares / (20 + 180 * random.next()))
  const price = (value: number) => (fractional ? value.toFixed(6) : String(value))
  const volume = fractional ? shares.toFixed(6) : String(Math.ceil(shares))
  return `${security.ticker},${volume},${price(open)},${price(close)},${price(top)},${price(bottom)},${windowStart},${trades}\n`
}

function dayText(list: Security[], date: IsoDate, random: Random): string {
  const windowStart = `${instantOf(date, '00:00', 'America/New_York').getTime()}000000`
  let text = HEADER
  for (const security of list) {
    if (random.next() < ABSENT) continue
    text += barLine(security, 1, date >= FRACTIONAL_FROM, windowStart, random)
  }
  return text
}

/** The last sessions up to {@link LAST}. */
function sessionDates(count: number): IsoDate[] {
  const calendar = createCalendar(DEFAULT_EXCHANGE)
  const dates = [LAST]
  while (dates.length < count) dates.push(calendar.previous(dates.at(-1)!).date)
  return dates.toReversed()
}

/** Makes the day files of so many sessions, or finds them made; `told` hears of every hundredth. */
export async function dayFiles(cache: string, { sessions, rows, seed }: DataSize, told: (made: number) => void): Promise<Data> {
  const root = path.join(cache, `day-${sessions}x${rows}-${seed}`)
  const dates = sessionDates(sessions)
  const files = dates.map((date) => path.join(root, dayFilePath(DAY_AGGS, date)))
  const done = path.join(root, 'complete')
  if (existsSync(done)) return { root, dates, files }
  await rm(root, { recursive: true, force: true })
  const random = new Random(seed)
  const list = securities(Math.round(rows / (1 - ABSENT)), random)
  let writing: Promise<void>[] = []
  for (const [index, date] of dates.entries()) {
    const text = dayText(list, date, random)
    await mkdir(path.dirname(files[index]!), { recursive: true })
    writing.push(pack(text).then((packed) => writeFile(files[index]!, packed)))
    if (writing.length === FILES_AT_ONCE) {
      await Promise.all(writing)
      writing = []
    }
    if (index % 100 === 99) told(index + 1)
  }
  await Promise.all(writing)
  await writeFile(done, '')
  return { root, dates, files }
}
