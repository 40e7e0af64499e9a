import type { DayFileFormat, DayFileProvider } from '../provider.js'
import { massiveBars } from './bars.js'
import { massiveLayout } from './layout.js'
import { NAMES } from './name.js'
import { massiveSymbols } from './symbols.js'

/** One header for days and minutes; with more decimals in the volumes since 2026, which is no other format. */
const FORMATS: readonly [DayFileFormat] = [{ from: null, bars: massiveBars, symbols: massiveSymbols }]

/** The flat files of Massive, formerly Polygon.io. */
export const MASSIVE: DayFileProvider = {
  ...NAMES,
  files: {
    day_aggs: { layout: massiveLayout('day_aggs_v1'), formats: FORMATS },
    minute_aggs: { layout: massiveLayout('minute_aggs_v1'), formats: FORMATS },
  },
}
