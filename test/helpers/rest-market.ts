import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { addDays, firstOfMonth, isoDate, lastOfMonth, weekday, type DateRange, type IsoDate } from '../../lib/domain/dates.js'
import { instantOf, wallTime } from '../../lib/domain/zone.js'
import type { TimespanName } from '../../lib/datasets/timespan.js'
import { Random } from './random.js'

const ZONE = 'America/New_York'
/** From then on volumes are fractional. */
const FRACTIONS_FROM = '2026-02-23'
/** Parts of a thousand of a day's volume: the hours of the session, and those around it. They do not add up to the day. */
const SESSION_SHARE = 115
const EXTENDED_SHARE = 7

export interface RestSecurity {
  /** The first and last date with a bar; without them there is no end. */
  first?: string
  last?: string
  name?: string
  type?: string
  /** Of `from` old shares `to` new ones on the date. Facts only: bars are as they are traded, and have nothing of them. */
  splits?: readonly { date: string; from: number; to: number }[]
  /** Of one share as there were on the ex-date. Facts only, too. */
  dividends?: readonly { date: string; amount: string }[]
}

export interface RestMarketOptions {
  /** Bars come again with it. */
  seed?: number
  /** By symbol. */
  securities?: Readonly<Record<string, RestSecurity>>
  /** Prices of whole cents and volumes of whole shares, as those of providers that know no others. */
  whole?: boolean
  /** The first date that the plan covers; bars before it are left out without a word. */
  floor?: string
  /** The clock: what begins later is left out, and what is running is provisional. */
  now?: () => Date
}

/** A bar as there should be one; numbers are canonical decimals. */
export interface RestBar {
  /** Milliseconds since the epoch at its beginning. */
  t: number
  /** The date in New York at its beginning. */
  date: IsoDate
  open: string
  high: string
  low: string
  close: string
  volume: string
  transactions: number
  /** How many bars it was made of, as the vendor counts them. */
  base: number
  /** Whether it was not over by the clock. */
  running: boolean
}

/** In ten-thousandths. */
interface Prices {
  open: number
  high: number
  low: number
  close: number
}

/** The volume in millionths: whole numbers that add up exactly. */
interface Day extends Prices {
  date: IsoDate
  volume: number
  transactions: number
  running: boolean
}

const SECURITIES: Readonly<Record<string, RestSecurity>> = Object.fromEntries(
  ['AAPL', 'MSFT', 'SPY', 'SCHG', 'VUG', 'BRK.B', 'BCpC'].map((symbol) => [symbol, { name: `${symbol} of the tests`, type: ['SPY', 'SCHG', 'VUG'].includes(symbol) ? 'ETF' : 'CS' }]))

const calendar = createCalendar(DEFAULT_EXCHANGE)

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** A whole number of parts as a decimal: 12340 with four decimals is 1.234. */
function decimal(parts: number, decimals: number): string {
  const text = String(parts).padStart(decimals + 1, '0')
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`.replace(/\.?0+$/, '')
}

const ms = (date: IsoDate, time = '00:00'): number => instantOf(date, time, ZONE).getTime()
const hourText = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

/** The first and last date of the period that a date is in. */
function periodOf(timespan: TimespanName, date: IsoDate): DateRange {
  if (timespan === 'week') {
    const start = addDays(date, -weekday(date))
    return { start, end: addDays(start, 6) }
  }
  return timespan === 'month' ? { start: firstOfMonth(date), end: lastOfMonth(date) } : { start: date, end: date }
}

/** What a market of made-up securities trades: every bar is a function of the seed, its symbol and its time. Days come first; weeks and months are made of them. */
export class RestMarket {
  readonly securities: Readonly<Record<string, RestSecurity>>
  readonly #seed: number
  readonly #whole: boolean
  readonly #floor: string
  readonly #now: () => Date

  constructor({ seed = 1, securities = SECURITIES, whole = false, floor = '1970-01-01', now = () => new Date() }: RestMarketOptions = {}) {
    this.securities = securities
    this.#seed = seed
    this.#whole = whole
    this.#floor = floor
    this.#now = now
  }

  /** The bars of the periods that the range touches, in order. */
  bars(symbol: string, timespan: TimespanName, { start, end }: { start: string; end: string }): RestBar[] {
    if (!Object.hasOwn(this.securities, symbol)) return []
    const range = { start: periodOf(timespan, isoDate(start)).start, end: periodOf(timespan, isoDate(end)).end }
    const days = this.#days(symbol, range)
    if (timespan === 'day') return days.map((day) => barOf(ms(day.date), day, 1))
    if (timespan === 'hour' || timespan === 'minute') return days.flatMap(({ date }) => this.#parts(symbol, date, timespan === 'hour' ? 60 : 1))
    return grouped(days, (date) => periodOf(timespan, date), this.#now().getTime())
  }

  /** The newest date that has begun to trade. */
  today(): IsoDate {
    const { date, time } = wallTime(this.#now(), ZONE)
    return time >= '04:00:00' ? date : addDays(date, -1)
  }

  /** Who has a bar on the date. */
  listed(date: string): string[] {
    return Object.keys(this.securities).filter((symbol) => this.#days(symbol, { start: isoDate(date), end: isoDate(date) }).length > 0)
  }

  #days(symbol: string, { start, end }: DateRange): Day[] {
    const { first = this.#floor, last = '9999-12-31' } = this.securities[symbol]!
    const now = this.#now()
    const today = wallTime(now, ZONE)
    const from = [start, first, this.#floor, calendar.range.start].reduce((a, b) => (a > b ? a : b)) as IsoDate
    const until = [end, last, this.today()].reduce((a, b) => (a < b ? a : b)) as IsoDate
    if (from > until) return []
    return calendar.sessions({ start: from, end: until }).map(({ date }) => {
      const day = this.#day(symbol, date)
      if (date < today.date || today.time >= '20:00:00') return day
      const volume = Math.floor(day.volume / 3_000_000) * 1_000_000
      return { ...day, close: day.open, volume, transactions: Math.floor(day.transactions / 3), running: true }
    })
  }

  #random(...of: (string | number)[]): Random {
    return new Random(hashOf([this.#seed, ...of].join(' ')))
  }

  /** Of a share, in millionths. */
  #fraction(random: Random, date: IsoDate): number {
    return date >= FRACTIONS_FROM && !this.#whole ? random.below(1_000_000) : 0
  }

  #prices({ open, high, low, close }: Prices): Prices {
    const cents = (price: number): number => (this.#whole ? price - (price % 100) : price)
    return { open: cents(open), high: cents(high), low: cents(low), close: cents(close) }
  }

  #day(symbol: string, date: IsoDate): Day {
    const random = this.#random(symbol, date)
    const base = 50_000 + (hashOf(symbol) % 5_000_000)
    const [open, close] = [base + random.below(base / 10), base + random.below(base / 10)]
    const [high, low] = [Math.max(open, close) + random.below(base / 50), Math.min(open, close) - random.below(base / 50)]
    const volume = (100_000 + random.below(50_000_000)) * 1_000_000 + this.#fraction(random, date)
    return { date, ...this.#prices({ open, high, low, close }), volume, transactions: 100 + random.below(100_000), running: false }
  }

  /** Hours or minutes of a date from 04:00 until 20:00, or 17:00 where the exchange closes early; not every minute has a trade. */
  #parts(symbol: string, date: IsoDate, minutes: 60 | 1): RestBar[] {
    const day = this.#day(symbol, date)
    const now = this.#now().getTime()
    const session = calendar.session(date)!
    const found: RestBar[] = []
    const [begin, end] = [ms(date, '04:00'), ms(date, hourText(session.early ? 17 : 20))]
    for (let t = begin; t < end && t <= now; t += minutes * 60_000) {
      const regular = t + minutes * 60_000 > session.open.getTime() && t < session.close.getTime()
      const random = this.#random(symbol, date, minutes, t)
      if (minutes === 1 && !random.chance(regular ? 0.9 : 0.4)) continue
      const price = (): number => day.low + random.below(day.high - day.low + 1)
      const [open, close, a, b] = [price(), price(), price(), price()]
      const running = t + minutes * 60_000 > now
      const share = (regular ? SESSION_SHARE : EXTENDED_SHARE) / (60 / minutes) / (running ? 3 : 1)
      const whole = Math.floor((day.volume * share) / 1e9) * 1_000_000
      const volume = whole + this.#fraction(random, date)
      const part = { date, ...this.#prices({ open, high: Math.max(open, close, a, b), low: Math.min(open, close, a, b), close }), volume, transactions: 1 + random.below(5000), running }
      found.push(barOf(t, part, minutes === 1 ? 1 : regular ? 60 : 45))
    }
    return found
  }
}

function barOf(t: number, { date, open, high, low, close, volume, transactions, running }: Day, base: number): RestBar {
  const [o, h, l, c] = [open, high, low, close].map((price) => decimal(price, 4)) as [string, string, string, string]
  return { t, date, open: o, high: h, low: l, close: c, volume: decimal(volume, 6), transactions, base, running }
}

/** Days as longer bars, each at midnight of its period's first date. */
function grouped(days: readonly Day[], periodOf: (date: IsoDate) => DateRange, now: number): RestBar[] {
  const periods = new Map<IsoDate, Day[]>()
  for (const day of days) {
    const { start } = periodOf(day.date)
    periods.set(start, [...(periods.get(start) ?? []), day])
  }
  return [...periods].map(([date, of]) => barOf(ms(date), {
    date,
    open: of[0]!.open,
    close: of.at(-1)!.close,
    high: Math.max(...of.map(({ high }) => high)),
    low: Math.min(...of.map(({ low }) => low)),
    volume: of.reduce((sum, { volume }) => sum + volume, 0),
    transactions: of.reduce((sum, { transactions }) => sum + transactions, 0),
    running: ms(addDays(periodOf(date).end, 1)) > now,
  }, of.length))
}
