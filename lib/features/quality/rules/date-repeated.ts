import { roughly } from './figures.js'
import type { DateRule } from './rule.js'

/** A date like the one before. */
export const DATE_REPEATED: DateRule = {
  kind: 'date',
  name: 'date_repeated',
  weight: 0,
  meaning: 'more than this percentage of the bars of a date equal those of the session before: its file is that of another date, or was given twice',
  advice: 'load the date again (ohlcv load --force) once the vendor has mended its file',
  thresholds: ['repeatedAbove'],
  judge({ bars, repeated }, { repeatedAbove }) {
    if (repeated * 100 <= repeatedAbove! * bars) return undefined
    return { cause: null, details: { bars, repeated, percent: roughly((100 * repeated) / bars) } }
  },
}
