import type { Split } from './action.js'
import { decimalPlaces, scaledDecimal } from './decimal.js'
import { greatestCommonDivisor } from './fraction.js'

/** The most old or new shares that a split has where neither is one: 3 for 2, 20 for 19. */
const MOST = 20n

/**
 * Whether a split has a ratio that splits have: in lowest terms n for 1, 1 for n, or both at most 20. Spin-offs that are told as splits have
 * others (1281 for 1000), for theirs follow from prices.
 */
export function isUsualSplit({ from, to }: Pick<Split, 'from' | 'to'>): boolean {
  const places = Math.max(decimalPlaces(from), decimalPlaces(to))
  const [a, b] = [scaledDecimal(from, places), scaledDecimal(to, places)]
  if (a <= 0n || b <= 0n) return false
  const divisor = greatestCommonDivisor(a, b)
  const [p, q] = [a / divisor, b / divisor]
  return p === 1n || q === 1n || (p <= MOST && q <= MOST)
}
