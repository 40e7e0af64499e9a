import { movedWithMarket, tradedMuch, tradesLittle } from './causes.js'
import { logOf, medianBefore, roughly, told } from './figures.js'
import { POWER_OF_TEN } from './power-of-ten.js'
import type { BarRule, Cause, Thresholds, Window } from './rule.js'

function causeOf(window: Window, far: number, way: number, thresholds: Thresholds): Cause | null {
  if (far >= logOf(thresholds['absurdMove']!)) return null
  if (movedWithMarket(window, way * far, thresholds)) return 'market_move'
  if (tradedMuch(window, far, thresholds['newsVolume']!)) return 'news_move'
  if (tradesLittle(window, thresholds)) return 'quiet'
  const usual = medianBefore(window.at, (place) => Math.log(window.high[place]! / window.low[place]!))
  return usual !== null && far < thresholds['wickRange']! * usual ? 'volatility' : null
}

/** A high or a low that no close comes near to. */
export const WICK: BarRule = {
  kind: 'bar',
  name: 'wick',
  weight: 5,
  meaning: 'the high or the low is far from this close and those before and after, more than its usual range explains, without volume or the market to say why',
  advice: 'hold it against another provider; the vendor has to mend its file',
  thresholds: ['wickMove', 'wickRange', 'absurdMove', 'newsVolume', 'thinVolume', 'marketMove'],
  judge(window, thresholds) {
    const { at, length, high, low, close } = window
    const most = 1 + thresholds['wickMove']! / 100
    const [top, bottom, last] = [high[at]!, low[at]!, close[at]!]
    if (top <= most * last && bottom * most >= last) return undefined
    if (at === 0) return undefined
    const [before, after] = [close[at - 1]!, at + 1 < length ? close[at + 1]! : last]
    const [up, down] = [top / Math.max(before, last, after), Math.min(before, last, after) / bottom]
    const far = Math.max(up, down)
    if (!(far > most) || POWER_OF_TEN.judge(window, thresholds)) return undefined
    const isHigh = up > down
    const cause = causeOf(window, Math.log(far), isHigh ? 1 : -1, thresholds)
    if (cause !== null) return undefined
    return { cause, details: { field: isHigh ? 'high' : 'low', value: told(isHigh ? top : bottom), close_before: told(before), close: told(last), close_after: told(after), ratio: roughly(far) } }
  },
}
