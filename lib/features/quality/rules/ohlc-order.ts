import { told } from './figures.js'
import type { BarRule } from './rule.js'

/** Open and close outside of low to high. */
export const OHLC_ORDER: BarRule = {
  kind: 'bar',
  name: 'ohlc_order',
  weight: 10,
  meaning: 'open or close is not between low and high; told apart where high and low are exchanged',
  advice: 'look at what the vendor gave (ohlcv rejects); if the table was changed by hand, ohlcv verify --repair takes the date from its file again',
  thresholds: [],
  judge({ at, open, high, low, close }) {
    const [o, h, l, c] = [open[at]!, high[at]!, low[at]!, close[at]!]
    const [most, least] = [Math.max(o, c), Math.min(o, c)]
    if (!(most > h || least < l)) return undefined
    const exchanged = h < l && most <= l && least >= h
    return { cause: null, details: { open: told(o), high: told(h), low: told(l), close: told(c), exchanged: exchanged ? 'high and low' : null } }
  },
}
