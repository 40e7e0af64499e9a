import { roughly, told } from './figures.js'
import type { DateRule } from './rule.js'

/** A date with too few or too many bars. */
export const DATE_COUNT: DateRule = {
  kind: 'date',
  name: 'date_count',
  weight: 0,
  meaning: 'a date has fewer than this percentage of the bars that the sessions around it have, or more than the other',
  advice: 'load the date again (ohlcv load --force); ohlcv gaps says which securities are absent',
  thresholds: ['thinBelow', 'thickAbove'],
  judge({ session, bars, usualBars }, { thinBelow, thickAbove }) {
    if (!session || usualBars === null) return undefined
    if (bars * 100 >= thinBelow! * usualBars && bars * 100 <= thickAbove! * usualBars) return undefined
    return { cause: null, details: { bars, usual: told(usualBars), percent: roughly((100 * bars) / usualBars) } }
  },
}
