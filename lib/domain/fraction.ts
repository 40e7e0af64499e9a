import type { Decimal } from './bar.js'
import { decimalPlaces, scaledDecimal } from './decimal.js'

/** An exact number: one whole number over another, which is above zero. */
export interface Fraction {
  over: bigint
  under: bigint
}

export const ONE: Fraction = { over: 1n, under: 1n }

export function fractionOf(value: Decimal): Fraction {
  const places = decimalPlaces(value)
  return { over: scaledDecimal(value, places), under: 10n ** BigInt(places) }
}

export function times(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.over, under: a.under * b.under }
}

/** One number divided by another, which is above zero. */
export function dividedBy(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under, under: a.under * b.over }
}

/** Below zero where the first is less than the second, zero where they are equal. */
export function compare(a: Fraction, b: Fraction): -1 | 0 | 1 {
  const difference = a.over * b.under - b.over * a.under
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

/** The largest whole number that divides both, which are not below zero. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b)
}
