import { told } from './figures.js'
import type { BarRule } from './rule.js'

/** The same bar again. */
export const REPEATED: BarRule = {
  kind: 'bar',
  name: 'repeated',
  weight: 5,
  meaning: 'open, high, low, close and volume are those of the session before, of a security that trades enough for this to be no chance',
  advice: 'hold it against another provider (ohlcv compare): one of the two sessions is not its own',
  thresholds: ['thinVolume'],
  judge({ at, session, open, high, low, close, volume }, { thinVolume }) {
    const before = at - 1
    if (at === 0 || volume[at] !== volume[before] || close[at] !== close[before]) return undefined
    if (open[at] !== open[before] || high[at] !== high[before] || low[at] !== low[before]) return undefined
    if (volume[at]! < thinVolume! || session[at]! - session[before]! !== 1) return undefined
    return { cause: null, details: { close: told(close[at]!), volume: told(volume[at]!) } }
  },
}
