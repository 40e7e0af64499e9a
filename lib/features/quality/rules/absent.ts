import type { BarRule } from './rule.js'

/** A bar that is not there cannot be judged: the check of quality finds it, and gives it this name. */
export const ABSENT: BarRule = {
  kind: 'bar',
  name: 'absent',
  weight: 30,
  meaning: 'a security that usually trades every session has no bar on one: it scores 0 there',
  advice: 'ohlcv gaps names the likely reason, ohlcv gaps --fill asks the sources again',
  thresholds: [],
  judge: () => undefined,
}
