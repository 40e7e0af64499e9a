import { addDays, weekday, type IsoDate } from '../lib/domain/dates.js'
import { priced, type Listed, type Market, type MarketBar } from './quality-market.js'
import type { Random } from './random.js'

/** Sessions between two defects of a security, and around what moves it by itself: there nobody could tell one from the other. */
const APART = 20
const FROM_EVENTS = 6
/** Sessions that a security has been there before a defect, and that come after it. */
const KNOWN = 25
const LATER = 14
/** A defect is put where enough is traded, and where the price has cents to move by. */
const LEAST_VOLUME = 20_000
const LEAST_PRICE = 10

/** Something wrong that was put into a market. */
export interface Defect {
  what: string
  /** Rules that may tell it; any of them will do. */
  rules: readonly string[]
  /** Null: the date as a whole. */
  symbol: string | null
  from: IsoDate
  to: IsoDate
}

/** A market with its defects, and a day of bars on which the exchange was closed. */
export interface Planted extends Market {
  defects: Defect[]
  saturday: { date: IsoDate; bars: readonly { symbol: string; bar: MarketBar }[] }
}

/** The bars of each date, in order. */
export function* daysOf({ dates, listed, saturday }: Planted): Generator<Planted['saturday']> {
  for (const [at, date] of dates.entries()) {
    yield { date, bars: listed.flatMap(({ symbol, bars }) => (bars[at] ? [{ symbol, bar: bars[at] }] : [])) }
    if (addDays(date, 1) === saturday.date) yield saturday
  }
}

interface Place {
  listed: Listed
  at: number
  bar: MarketBar
  random: Random
}

interface Sort {
  what: string
  rules: readonly string[]
  /** Sessions that it lasts. */
  sessions?: number
  /** Of stocks alone: prices of funds hardly move as it is. */
  stocks?: boolean
  plant(place: Place): void
}

const PRICES = ['open', 'high', 'low', 'close'] as const

function scale(bar: MarketBar, factor: number): void {
  for (const price of PRICES) bar[price] = priced(bar[price] * factor)
}

/** So far off that the security's own moves do not reach it: up or down. */
function farOff({ listed, random }: Place): number {
  const least = Math.max(0.3, 16 * listed.spread)
  const off = Math.exp(least + random.next() * 0.5)
  return random.next() < 0.5 ? off : 1 / off
}

const power = (random: Random): number => 10 ** ((1 + random.below(3)) * (random.next() < 0.5 ? 1 : -1))

/** Sets a price and lets high and low reach it. */
function set(bar: MarketBar, price: (typeof PRICES)[number], value: number): void {
  bar[price] = priced(value)
  bar.high = Math.max(bar.high, bar[price])
  bar.low = Math.min(bar.low, bar[price])
}

const SORTS: readonly Sort[] = [
  { what: 'a bar ten, a hundred or a thousand times off', rules: ['power_of_ten'], plant: ({ bar, random }) => scale(bar, power(random)) },
  { what: 'a close off by a power of ten', rules: ['power_of_ten'], plant: ({ bar, random }) => set(bar, 'close', bar.close * power(random)) },
  { what: 'a high ten times too high', rules: ['power_of_ten'], plant: ({ bar }) => set(bar, 'high', bar.high * 10) },
  { what: 'a low ten times too low', rules: ['power_of_ten'], plant: ({ bar }) => set(bar, 'low', bar.low / 10) },
  { what: 'a bad close', rules: ['spike', 'continuity'], plant: (place) => set(place.bar, 'close', place.bar.close * farOff(place)) },
  { what: 'a bar at another level', rules: ['spike', 'continuity'], plant: (place) => scale(place.bar, farOff(place)) },
  { what: 'a bad high', rules: ['wick'], plant: ({ bar, listed, random }) => set(bar, 'high', bar.high * Math.exp(Math.max(0.35, 12 * listed.spread) + 0.5 * random.next())) },
  { what: 'a bad low', rules: ['wick'], plant: ({ bar, listed, random }) => set(bar, 'low', bar.low * Math.exp(-Math.max(0.35, 12 * listed.spread) - 0.5 * random.next())) },
  { what: 'a level that shifts and stays', rules: ['continuity'], plant: ({ listed, at, random }) => {
    const factor = random.next() < 0.5 ? 1.75 : 0.57
    for (const bar of listed.bars.slice(at)) if (bar) scale(bar, factor)
  } },
  { what: 'a volume a thousand times too high', rules: ['volume'], plant: ({ bar }) => {
    bar.volume *= 1000
  } },
  { what: 'a price that stands still', rules: ['stale'], sessions: 10, stocks: true, plant: ({ listed, at }) => {
    const { close } = listed.bars[at - 1]!
    for (const bar of listed.bars.slice(at, at + 10)) if (bar) for (const price of PRICES) bar[price] = close
  } },
  { what: 'sessions without volume', rules: ['zero_volume'], sessions: 6, plant: ({ listed, at }) => {
    for (const bar of listed.bars.slice(at, at + 6)) if (bar) bar.volume = 0
  } },
  { what: 'a bar given again', rules: ['repeated'], plant: ({ listed, at, bar }) => void Object.assign(bar, listed.bars[at - 1]) },
  { what: 'a bar that is absent', rules: ['absent'], plant: ({ listed, at }) => {
    listed.bars[at] = null
  } },
  { what: 'high and low exchanged', rules: ['ohlc_order'], plant: ({ bar }) => void Object.assign(bar, { high: priced(bar.low - 0.01), low: priced(bar.high + 0.01), door: 'low_above_open' }) },
  { what: 'a price of zero', rules: ['negative'], plant: ({ bar }) => void Object.assign(bar, { open: 0, door: 'price_not_positive' }) },
  { what: 'an empty cell', rules: ['cells'], plant: ({ bar }) => void Object.assign(bar, { close: NaN, door: 'null_value' }) },
]

/** Whether a defect can be told at this place of a security. */
function isFree({ dates, crashes }: Market, whole: ReadonlySet<number>, { kind, bars, events }: Listed, taken: readonly number[], at: number, { sessions = 1, stocks = false }: Sort): boolean {
  if ((kind !== 'stock' && (stocks || kind !== 'fund')) || at < KNOWN || at + sessions + LATER >= dates.length) return false
  for (let near = at - FROM_EVENTS; near <= at + sessions + FROM_EVENTS; near++) {
    if (bars[near] === null || bars[near]!.close < LEAST_PRICE || bars[near]!.volume < LEAST_VOLUME || events.has(near) || crashes.has(near) || whole.has(near)) return false
  }
  return bars[at - KNOWN] !== null && taken.every((other) => Math.abs(other - at) >= APART)
}

function plantBars(market: Market, whole: ReadonlySet<number>, each: number, random: Random): Defect[] {
  const taken = new Map<Listed, number[]>()
  return SORTS.flatMap((sort) => Array.from({ length: each }, (): Defect => {
    const { what, rules, sessions = 1, plant } = sort
    for (let tries = 0; tries < 100_000; tries++) {
      const listed = market.listed[random.below(market.listed.length)]!
      const at = random.below(market.dates.length)
      const others = taken.get(listed) ?? []
      if (!isFree(market, whole, listed, others, at, sort)) continue
      taken.set(listed, [...others, at, at + sessions - 1])
      plant({ listed, at, bar: listed.bars[at]!, random })
      return { what, rules, symbol: listed.symbol, from: market.dates[at]!, to: market.dates[at + sessions - 1]! }
    }
    throw new Error(`no room for ${each} defects of every kind: a larger market has it`)
  }))
}

/** Splits that no source tells: prices and volumes step, and it is nowhere said why. */
const missingSplits = (market: Market): Defect[] => untold(market).map(({ symbol, split }) => (
  { what: 'a split that is missing', rules: ['split_ratio'], symbol, from: market.dates[split!.at]!, to: market.dates[split!.at]! }))

/** Whether a split can be told from what else moves the price. */
function standsOut({ crashes }: Market, { split, bars, usual, events }: Listed): boolean {
  if (split === null || usual < LEAST_VOLUME || bars.slice(0, split.at).filter(Boolean).length < KNOWN) return false
  return [-2, -1, 0, 1, 2].every((near) => bars[split.at + near] && !crashes.has(split.at + near) && (near === 0 || !events.has(split.at + near)))
}

const untold = (market: Market): Listed[] => market.listed.filter((one, index) => standsOut(market, one) && index % 2 === 0)

/** Splits that a source tells: they explain themselves. */
export const toldSplits = (market: Market): Listed[] => market.listed.filter((one, index) => one.split !== null && (!standsOut(market, one) || index % 2 === 1))

/** Whole dates: one given again, one cut, one with volumes too high. */
function plantDates({ dates, listed }: Market, [again, cut, loud]: readonly [number, number, number], random: Random): Defect[] {
  for (const { bars } of listed) {
    if (bars[again] && bars[again - 1]) Object.assign(bars[again], bars[again - 1])
    if (random.next() < 0.4) bars[cut] = null
    if (bars[loud]) bars[loud].volume = Math.round(bars[loud].volume * (2 + random.next()))
  }
  const whole = (what: string, rules: readonly string[], at: number): Defect => ({ what, rules, symbol: null, from: dates[at]!, to: dates[at]! })
  return [
    whole('a date given again', ['date_repeated', 'repeated'], again),
    whole('half of a date', ['date_count', 'absent'], cut),
    whole('volumes of a date two or three times too high', ['date_volume'], loud),
  ]
}

/** Puts so many defects of every kind into a market. */
export function plantDefects(market: Market, each: number, random: Random): Planted {
  const whole = [0.3, 0.45, 0.8].map((share) => Math.floor(market.dates.length * share)) as [number, number, number]
  const missing = missingSplits(market)
  const onBars = plantBars(market, new Set(whole), each, random)
  const onDates = plantDates(market, whole, random)
  const friday = market.dates.findLast((date) => weekday(date) === 5)!
  const saturday = addDays(friday, 1)
  const bars = market.listed.flatMap(({ symbol, bars }) => {
    const bar = bars[market.dates.indexOf(friday)]
    return bar && bar.door === undefined ? [{ symbol, bar }] : []
  })
  const closed: Defect = { what: 'a file for a closed day', rules: ['closed_day'], symbol: null, from: saturday, to: saturday }
  return { ...market, defects: [...missing, ...onBars, ...onDates, closed], saturday: { date: saturday, bars } }
}
