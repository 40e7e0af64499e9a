import { tradedMuch } from './causes.js'
import { roughly, told } from './figures.js'
import { powerOfTen } from './power.js'
import { reversedStep } from './reversal.js'
import { isSplitLike } from './split-ratio.js'
import type { BarRule, Thresholds, Verdict, Window } from './rule.js'

/** Bars whose prices are this close together, and to the bar before, hide no power of ten. */
const APART = 5

/** The power of ten by which the close is off: reversed by the next bar, or standing without the volume of a split. */
function closePower(window: Window, thresholds: Thresholds): number {
  const { at, length, close } = window
  const power = powerOfTen(close[at]! / close[at - 1]!)
  if (power === 0) return 0
  if (at + 1 < length && Math.abs(Math.log(close[at + 1]! / close[at]!)) > 1) return reversedStep(window, at) === 0 ? 0 : power
  return isSplitLike(window, thresholds) || tookBack(window) || tradedMuch(window, thresholds['newsVolume']!) ? 0 : power
}

/** Whether the judged bar takes the step of the one before it back. */
function tookBack(window: Window): boolean {
  return reversedStep(window, window.at - 1) !== 0
}

/** A price, or a bar, that is off by a power of ten. */
export const POWER_OF_TEN: BarRule = {
  kind: 'bar',
  name: 'power_of_ten',
  weight: 10,
  meaning: 'a bar, or one price of it, is ten, a hundred, ... times too high or too low against the bars around it, and it is no split',
  advice: 'hold it against another provider (ohlcv compare); the vendor has to mend its file',
  thresholds: ['splitVolume', 'newsVolume', 'thinVolume'],
  judge(window, thresholds): Verdict | undefined {
    const { at, open, high, low, close } = window
    if (at === 0) return undefined
    const [before, after] = [close[at - 1]!, close[at]!]
    if (high[at]! < APART * low[at]! && after < APART * before && before < APART * after) return undefined
    const power = closePower(window, thresholds)
    if (power !== 0) return { cause: null, details: { field: 'close', value: told(after), close_before: told(before), power } }
    if (Math.abs(Math.log(after / before)) > 1) return undefined
    for (const [field, values] of [['high', high], ['low', low], ['open', open]] as const) {
      const off = powerOfTen(values[at]! / after)
      if (off !== 0) return { cause: null, details: { field, value: told(values[at]!), close: told(after), power: off, ratio: roughly(values[at]! / after) } }
    }
    return undefined
  },
}
