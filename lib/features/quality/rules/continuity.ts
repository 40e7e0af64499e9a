import { movedWithMarket, steps, tradedMuch, tradesLittle } from './causes.js'
import { logOf, roughly, told } from './figures.js'
import { POWER_OF_TEN } from './power-of-ten.js'
import { reversedStep } from './reversal.js'
import type { BarRule, Cause, Thresholds, Window } from './rule.js'
import { SPIKE } from './spike.js'
import { isSplitLike } from './split-ratio.js'

function causeOf(window: Window, step: number, thresholds: Thresholds): Cause | null {
  const { at, session, volume } = window
  const moveVolume = thresholds['moveVolume']!
  if (tradedMuch(window, moveVolume) || volume[at]! > moveVolume * volume[at - 1]!) return 'news_move'
  if (Math.abs(step) >= logOf(thresholds['absurdMove']!)) return null
  const volatility = window.volatility()
  if (volatility === null) return 'listing'
  if (session[at]! - session[at - 1]! > 1) return 'halt'
  if (movedWithMarket(window, Math.sign(step), thresholds)) return 'market_move'
  if (tradesLittle(window, thresholds)) return 'quiet'
  return Math.abs(step) < thresholds['moveVolatility']! * volatility ? 'volatility' : null
}

/** Moves that last. */
export const CONTINUITY: BarRule = {
  kind: 'bar',
  name: 'continuity',
  weight: 5,
  meaning: 'the close moves by more than this and stays, more than its own volatility explains, without volume, a halt or the market to say why; with one of them it is an event',
  advice: 'hold it against another provider (ohlcv compare) and look for news; explain it (ohlcv quality explain) or have the vendor mend its file',
  thresholds: ['largeMove', 'moveVolatility', 'moveVolume', 'absurdMove', 'splitVolume', 'thinVolume', 'marketMove'],
  judge(window, thresholds) {
    if (!steps(window, thresholds['largeMove']!)) return undefined
    const { at, close } = window
    const ratio = close[at]! / close[at - 1]!
    if (reversedStep(window, at) !== 0 || reversedStep(window, at - 1) !== 0 || isSplitLike(window, thresholds)) return undefined
    if (SPIKE.judge(window, thresholds) || POWER_OF_TEN.judge(window, thresholds)) return undefined
    const step = Math.log(ratio)
    const cause = causeOf(window, step, thresholds)
    return { cause, details: { close_before: told(close[at - 1]!), close: told(close[at]!), ratio: roughly(ratio), volume: told(window.volume[at]!) } }
  },
}
