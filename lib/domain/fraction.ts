import type { Decimal } from './bar.js'

/** An exact number: one whole number over another, which is above zero. */
export interface Fraction {
  over: bigint
  under: bigint
}

export const ONE: Fraction = { over: 1n, under: 1n }

export function fractionOf(value: Decimal): Fraction {
  const [whole = '', decimals = ''] = value.split('.')
  return { over: BigInt(whole + decimals), under: 10n ** BigInt(decimals.length) }
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

/** So many parts as a decimal: 1234 of 100 parts are 12.34. @param places the decimals that a part has */
export function decimalOf(parts: bigint, places: number): Decimal {
  const text = String(parts).padStart(places + 1, '0')
  const [whole, decimals] = [text.slice(0, text.length - places), text.slice(text.length - places).replace(/0+$/, '')]
  return (decimals === '' ? whole : `${whole}.${decimals}`) as Decimal
}
