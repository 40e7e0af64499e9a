import { told } from './figures.js'
import type { BarRule } from './rule.js'

/** Prices that are not above zero, volumes below it. */
export const NEGATIVE: BarRule = {
  kind: 'bar',
  name: 'negative',
  weight: 10,
  meaning: 'a price is zero or negative, or the volume is negative',
  advice: 'look at what the vendor gave (ohlcv rejects); if the table was changed by hand, ohlcv verify --repair takes the date from its file again',
  thresholds: [],
  judge({ at, open, high, low, close, volume }) {
    if (open[at]! > 0 && high[at]! > 0 && low[at]! > 0 && close[at]! > 0 && volume[at]! >= 0) return undefined
    const found = Object.entries({ open, high, low, close, volume }).find(([cell, values]) => values[at]! < 0 || (values[at] === 0 && cell !== 'volume'))
    return found && { cause: null, details: { field: found[0], value: told(found[1][at]!) } }
  },
}
