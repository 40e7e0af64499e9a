import { createCalendar } from '../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../lib/calendar/exchanges.js'
import { isoDate, type IsoDate } from '../lib/domain/dates.js'
import type { Random } from './random.js'

/** The last session of made-up markets. */
const LAST = isoDate('2026-08-31')
/** Sessions from one report of earnings to the next. */
const QUARTER = 63
/** What the market loses in a crash, and wins back on the session after it. */
const CRASH = [-0.09, 0.05]
const SPLITS = [2, 3, 1.5, 4, 10, 1 / 10, 1 / 20, 1 / 5]

/** A bar; `door` is why it would be rejected, where it is broken. */
export interface MarketBar {
  open: number
  high: number
  low: number
  close: number
  volume: number
  door?: 'low_above_open' | 'price_not_positive' | 'null_value'
}

export type Kind = 'stock' | 'fund' | 'shell' | 'penny' | 'thin' | 'test'

/** A security's way through the sessions. */
export interface Listed {
  symbol: string
  kind: Kind
  /** Shares of a usual session. */
  usual: number
  /** The deviation of a session's return. */
  spread: number
  /** A bar a session; null where there is none. */
  bars: (MarketBar | null)[]
  /** Sessions on which something happened that moves the price: earnings, a split, a halt, the first, the last. */
  events: Set<number>
  split: { at: number; shares: number } | null
  /** Sessions without trade. */
  halt: readonly [number, number]
}

export interface Market {
  dates: IsoDate[]
  listed: Listed[]
  /** Sessions on which the whole market crashed, or won back. */
  crashes: Set<number>
}

/** Deviation 1, with the fat tails of a t-distribution of four degrees. */
function shock(random: Random): number {
  let squares = 0
  for (let i = 0; i < 4; i++) squares += random.normal() ** 2
  return (0.7 * random.normal()) / Math.sqrt(Math.max(squares / 4, 0.01))
}

/** Returns of the market: volatility comes in clusters (GARCH), and there are crashes. */
function marketReturns(sessions: number, crashes: Set<number>, random: Random): number[] {
  let variance = 6e-5
  return Array.from({ length: sessions }, (_, at) => {
    const fall = crashes.has(at) ? CRASH[crashes.has(at - 1) ? 1 : 0]! : Math.sqrt(variance) * shock(random)
    variance = 2e-6 + 0.09 * Math.min(fall, 0.03) ** 2 + 0.88 * variance
    return fall
  })
}

/** Prices come in cents, below a dollar in hundredths of one. */
export const priced = (price: number): number => Math.max(price >= 1 ? Math.round(price * 100) / 100 : Math.round(price * 10_000) / 10_000, 0.0001)

/** A bar from the close before to a close, of a spread. */
function barTo(before: number, after: number, spread: number, volume: number, random: Random): MarketBar {
  const close = priced(after)
  const open = priced(before * Math.exp(Math.log(after / before) * random.next() + 0.25 * spread * random.normal()))
  const high = priced(Math.max(open, close) * (1 + 0.6 * spread * random.next()))
  const low = priced(Math.min(open, close) * (1 - 0.6 * spread * random.next()))
  return { open, high: Math.max(high, open, close), low: Math.min(low, open, close), close, volume: Math.round(volume) }
}

interface Trait {
  share: number
  price: (random: Random) => number
  usual: (random: Random) => number
  spread: (random: Random) => number
  beta: number
  /** The share of sessions on which it does not trade. */
  idle: number
}

const TRAITS: Readonly<Record<Kind, Trait>> = {
  stock: { share: 0.68, price: (random) => Math.exp(3.4 + 0.9 * random.normal()), usual: (random) => Math.exp(13 + 1.3 * random.normal()), spread: (random) => 0.009 + 0.022 * random.next() ** 2, beta: 1, idle: 0 },
  fund: { share: 0.14, price: (random) => 25 + 60 * random.next(), usual: (random) => Math.exp(11.5 + random.normal()), spread: (random) => 0.001 + 0.004 * random.next(), beta: 0.1, idle: 0 },
  shell: { share: 0.05, price: () => 10, usual: (random) => Math.exp(9 + random.normal()), spread: () => 0.0004, beta: 0, idle: 0.3 },
  penny: { share: 0.04, price: (random) => 0.05 + random.next(), usual: (random) => Math.exp(12 + random.normal()), spread: (random) => 0.03 + 0.03 * random.next(), beta: 0.5, idle: 0 },
  thin: { share: 0.08, price: (random) => 2 + 30 * random.next(), usual: (random) => Math.exp(6 + random.normal()), spread: (random) => 0.015 + 0.03 * random.next(), beta: 0.3, idle: 0.3 },
  test: { share: 0.01, price: () => 25, usual: () => 0, spread: () => 0, beta: 0, idle: 0 },
}

/** The events of a stock: when it is listed and delisted, halted, and reports. */
function lifeOf(kind: Kind, sessions: number, random: Random): Pick<Listed, 'events'> & { first: number; last: number; halt: [number, number]; reports: Set<number> } {
  const first = random.next() < 0.1 ? random.below(sessions >> 1) : 0
  const last = random.next() < 0.06 ? (sessions >> 1) + random.below(sessions >> 1) : sessions - 1
  const halted = kind === 'stock' && random.next() < 0.04 ? 20 + random.below(sessions - 30) : -10
  const halt: [number, number] = [halted, halted + 1 + random.below(4)]
  const offset = random.below(QUARTER)
  const reports = new Set(kind === 'stock' ? Array.from({ length: sessions }, (_, at) => at).filter((at) => at % QUARTER === offset) : [])
  return { first, last, halt, reports, events: new Set([first, last, ...reports, ...(halted < 0 ? [] : [halt[0], halt[1] + 1])]) }
}

function live(symbol: string, kind: Kind, market: readonly number[], random: Random): Listed {
  const { price, usual, spread, beta, idle } = TRAITS[kind]
  const [shares, deviation] = [usual(random), spread(random)]
  const { first, last, halt, reports, events } = lifeOf(kind, market.length, random)
  const split = kind === 'stock' && random.next() < 0.12 ? { at: 25 + random.below(Math.max(market.length - 40, 1)), shares: SPLITS[random.below(SPLITS.length)]! } : null
  if (split) events.add(split.at)
  let [last_, calm, busy, scale] = [price(random), 0, 0, 1]
  const bars = market.map((factor, at): MarketBar | null => {
    calm = 0.97 * calm + 0.08 * random.normal()
    busy = 0.7 * busy + 0.2 * random.normal()
    const strange = shock(random)
    const reported = reports.has(at) || at === halt[1] + 1
    const move = beta * factor + deviation * Math.exp(calm) * strange + (reported ? 0.06 * shock(random) : 0)
    if (split?.at === at) {
      last_ /= split.shares
      scale = split.shares
    }
    const after = kind === 'test' ? last_ : Math.min(Math.max(last_ * Math.exp(Math.max(Math.min(move, 1), -1)), 0.02), 900_000)
    const traded = shares * scale * Math.exp(busy + 0.25 * random.normal()) * (1 + Math.max(Math.abs(strange) - 1.5, 0)) * (reported ? 4 + 4 * random.next() : 1) * (1 + 12 * Math.abs(factor))
    const bar = barTo(last_, after, deviation, traded, random)
    const isIdle = at < first || at > last || (at >= halt[0] && at <= halt[1]) || random.next() < idle
    last_ = after
    return isIdle ? null : bar
  })
  return { symbol, kind, usual: shares, spread: deviation, bars, events, split, halt }
}

/** The last sessions up to {@link LAST}. */
function lastSessions(count: number): IsoDate[] {
  const calendar = createCalendar(DEFAULT_EXCHANGE)
  const dates = [LAST]
  while (dates.length < count) dates.push(calendar.previous(dates.at(-1)!).date)
  return dates.toReversed()
}

/** A market without faults: crashes, earnings, listings, halts, splits, thin names, shells that stand still, test symbols. */
export function makeMarket(securities: number, sessions: number, random: Random): Market {
  const crash = Math.floor(sessions * 0.6)
  const crashes = new Set([crash, crash + 1])
  const returns = marketReturns(sessions, crashes, random)
  const kinds = Object.entries(TRAITS).flatMap(([kind, { share }]) => Array.from({ length: Math.max(Math.round(share * securities), 1) }, () => kind as Kind))
  return { dates: lastSessions(sessions), listed: kinds.map((kind, index) => live(`${kind.toUpperCase()}${index}`, kind, returns, random)), crashes }
}
