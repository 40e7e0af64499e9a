import type { BarRule } from './rule.js'

/** A bar that is not there cannot be judged: the check of quality finds it, and gives it this name. */
export const ABSENT: BarRule = {
  kind: 'bar',
  name: 'absent',
  weight: 30,
  meaning: 'a security that had a bar on at least this percentage of the sessions before has none on one: it scores 0 there',
  advice: 'look at the likely reason among the gaps, and fill them: the sources are asked again',
  thresholds: ['usuallyTrades'],
  judge: () => undefined,
}
