import { logOf } from './figures.js'
import type { Thresholds, Window } from './rule.js'

/** Prices below a dollar come in whole cents from some vendors: a step of less than five says nothing. */
const LEAST_STEP = 0.05

/** Whether a close is more than so many percent from the one before, and by more than a few cents. */
export function steps({ at, close }: Window, percent: number): boolean {
  if (at === 0) return false
  const [before, now] = [close[at - 1]!, close[at]!]
  const most = 1 + percent / 100
  return before > 0 && now > 0 && (now > most * before || before > most * now) && Math.abs(now - before) >= LEAST_STEP
}

/** Whether the market as a whole moved this way (1 up, -1 down). */
export function movedWithMarket(window: Window, way: number, { marketMove }: Thresholds): boolean {
  const market = window.market()
  return market !== null && market * way >= logOf(marketMove!)
}

/** Whether so many times more was traded on the judged bar than usually. */
export function tradedMuch(window: Window, times: number): boolean {
  const usual = window.usualVolume()
  return usual !== null && window.volume[window.at]! > times * usual
}

/** Whether so little trades usually that a single order moves the price. */
export function tradesLittle(window: Window, { thinVolume }: Thresholds): boolean {
  const usual = window.usualVolume()
  return usual === null || usual < thinVolume!
}
