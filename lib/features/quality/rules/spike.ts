import { movedWithMarket, steps, tradedMuch, tradesLittle } from './causes.js'
import { logOf, roughly, told } from './figures.js'
import { POWER_OF_TEN } from './power-of-ten.js'
import { reversedStep } from './reversal.js'
import type { BarRule, Cause, Thresholds, Window } from './rule.js'

function causeOf(window: Window, step: number, thresholds: Thresholds): Cause | null {
  if (Math.abs(step) >= logOf(thresholds['absurdMove']!)) return null
  if (movedWithMarket(window, Math.sign(step), thresholds)) return 'market_move'
  if (tradedMuch(window, thresholds['newsVolume']!)) return 'news_move'
  if (tradesLittle(window, thresholds)) return 'quiet'
  const volatility = window.volatility()
  return volatility !== null && Math.abs(step) < thresholds['spikeVolatility']! * volatility ? 'volatility' : null
}

/** A close that stands alone. */
export const SPIKE: BarRule = {
  kind: 'bar',
  name: 'spike',
  weight: 10,
  meaning: 'the close is far from the one before, the next session is back, and nothing (volume, the market, its own volatility) says why',
  advice: 'hold it against another provider (ohlcv compare); the vendor has to mend its file, or the move is explained by a person (ohlcv quality explain)',
  thresholds: ['spikeMove', 'spikeVolatility', 'absurdMove', 'newsVolume', 'thinVolume', 'marketMove'],
  judge(window, thresholds) {
    if (!steps(window, thresholds['spikeMove']!)) return undefined
    const { at, close } = window
    const ratio = close[at]! / close[at - 1]!
    const step = reversedStep(window, at)
    if (step === 0 || POWER_OF_TEN.judge(window, thresholds)) return undefined
    const cause = causeOf(window, step, thresholds)
    if (cause !== null && Math.abs(step) < logOf(thresholds['largeMove']!)) return undefined
    return { cause, details: { close_before: told(close[at - 1]!), close: told(close[at]!), close_after: told(close[at + 1]!), ratio: roughly(ratio) } }
  },
}
