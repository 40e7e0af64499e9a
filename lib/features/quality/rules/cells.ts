import type { BarRule, Window } from './rule.js'

const CELLS = ['open', 'high', 'low', 'close', 'volume'] as const

const isNumber = (window: Window, cell: (typeof CELLS)[number]): boolean => Number.isFinite(window[cell][window.at])

/** Cells without a number. */
export const NULL_CELLS: BarRule = {
  kind: 'bar',
  name: 'cells',
  weight: 10,
  meaning: 'more than this share of the open, high, low, close and volume of a bar is null, absent or no number',
  advice: 'look at what the vendor gave (ohlcv rejects), then load the date again when its file is mended',
  thresholds: ['nullThreshold'],
  judge(window, { nullThreshold }) {
    const { at, open, high, low, close, volume } = window
    if (Number.isFinite(open[at]! + high[at]! + low[at]! + close[at]! + volume[at]!)) return undefined
    const missing = CELLS.filter((cell) => !isNumber(window, cell))
    return missing.length > nullThreshold! * CELLS.length ? { cause: null, details: { missing: missing.join(', ') } } : undefined
  },
}
