import type { Decimal } from '../../domain/bar.js'
import type { Split } from '../../domain/action.js'
import { greatestCommonDivisor } from '../../domain/fraction.js'

/** The most shares of a ratio that is looked for where neither side is one. */
const MOST = 10n

/**
 * Of how many shares a split makes how many, from the factor as the vendor writes it, with few decimals: `0.0667` is 1 for 15, `1.3333` is 4 for 3. Where
 * more than one ratio of ordinary splits is written so, or none, it is the factor as it stands, such as 1.046 for 1.
 * @param text whole and decimal digits, with a point in between where there are any
 */
export function ratioOf(text: string): Pick<Split, 'from' | 'to'> {
  const [whole = '', fraction = ''] = text.split('.')
  const scale = 10n ** BigInt(fraction.length)
  const units = BigInt(whole + fraction)
  const divisor = greatestCommonDivisor(units, scale)
  const [to, from] = [units / divisor, scale / divisor]
  if (units === 0n || to === 1n || from === 1n || (to <= MOST && from <= MOST)) return ratio(from, to)
  const found = candidates(scale / units).filter(([from, to]) => (2n * to * scale + from) / (2n * from) === units)
  return found.length === 1 ? ratio(...found[0]!) : { from: '1' as Decimal, to: text.replace(/0+$/, '') as Decimal }
}

function ratio(from: bigint, to: bigint): Pick<Split, 'from' | 'to'> {
  return { from: String(from) as Decimal, to: String(to) as Decimal }
}

/** Ratios that have no end as decimals, and 1 for as many as lie near. */
function candidates(near: bigint): [from: bigint, to: bigint][] {
  const found: [bigint, bigint][] = []
  for (let from = 2n; from <= MOST; from++) for (let to = 2n; to <= MOST; to++) if (greatestCommonDivisor(to, from) === 1n) found.push([from, to])
  for (let from = near - 1n; from <= near + 1n; from++) if (from > 1n) found.push([from, 1n])
  return found
}
