import type { Decimal } from './bar.js'

/** Most digits before and after the point that a number may need. Real prices reach 1.4e9, volumes six decimals. */
const MAX_DIGITS = 20

const CANONICAL = new RegExp(`^(?:0|[1-9]\\d{0,${MAX_DIGITS - 1}})(?:\\.\\d{0,${MAX_DIGITS - 1}}[1-9])?$`)
/** A number as JSON writes it (RFC 8259, section 6). */
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/
const ZERO = 48
const POINT = 46

/** Why a text is no number that can be stored. */
export type NumberFault = 'bad_number' | 'number_too_long'

/** `12.500000` as `12.5`; texts without exactly one point as they are. */
function withoutTrailingZeros(text: string): string {
  let end = text.length
  if (text.charCodeAt(end - 1) !== ZERO) return text
  const point = text.indexOf('.')
  if (point < 0 || text.includes('.', point + 1)) return text
  while (text.charCodeAt(end - 1) === ZERO) end--
  if (text.charCodeAt(end - 1) === POINT) end--
  return text.slice(0, end)
}

/**
 * The number that a text writes in JSON's grammar, exactly and in canonical form, or `undefined` with the fault told to
 * `fail`. Never goes through a float, so no digit is lost; bounded, because PostgreSQL would take `1e131071`.
 */
export function parseDecimal(text: string, fail: (fault: NumberFault) => void): Decimal | undefined {
  const trimmed = withoutTrailingZeros(text)
  if (CANONICAL.test(trimmed)) return trimmed as Decimal
  const [, sign, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  if (sign === undefined || whole === undefined) {
    fail(/^-?\d+(\.\d+)?[eE][+-]?\d{10,}$/.test(text) ? 'number_too_long' : 'bad_number')
    return undefined
  }
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0' as Decimal
  const significant = digits.replace(/0+$/, '')
  // The value is 0.SIGNIFICANT times ten to the power of `point`.
  const point = whole.length - (whole.length + fraction.length - digits.length) + Number(exponent)
  if (point > MAX_DIGITS || significant.length - point > MAX_DIGITS) {
    fail('number_too_long')
    return undefined
  }
  const integer = point <= 0 ? '0' : significant.slice(0, point).padEnd(point, '0')
  const decimals = point <= 0 ? '0'.repeat(-point) + significant : significant.slice(point)
  return `${sign}${integer}${decimals === '' ? '' : `.${decimals}`}` as Decimal
}

/** Whether a decimal is above zero. */
export function isPositive(value: Decimal): boolean {
  return value !== '0' && !isNegative(value)
}

/** Whether a decimal is below zero. */
export function isNegative(value: Decimal): boolean {
  return value.charCodeAt(0) === 45
}

function integerDigits(value: Decimal): number {
  const point = value.indexOf('.')
  return point < 0 ? value.length : point
}

/** Whether `a > b`, exactly, for canonical decimals that are not negative: the longer integer part is larger, equal ones compare as text. */
export function isGreater(a: Decimal, b: Decimal): boolean {
  const difference = integerDigits(a) - integerDigits(b)
  return difference === 0 ? a > b : difference > 0
}

/** A decimal that is not negative times ten to the power of `places`, of which it needs no more. */
export function scaledDecimal(value: Decimal, places: number): bigint {
  const [whole, fraction = ''] = value.split('.')
  return BigInt(`${whole}${fraction.padEnd(places, '0')}`)
}

/** How many decimals a number has. */
export function decimalPlaces(value: Decimal): number {
  const point = value.indexOf('.')
  return point < 0 ? 0 : value.length - point - 1
}

/** The sum of decimals that are not negative, exactly. */
export function sumOfDecimals(values: readonly Decimal[]): Decimal {
  const places = Math.max(0, ...values.map(decimalPlaces))
  const digits = values.reduce((sum, value) => sum + scaledDecimal(value, places), 0n).toString().padStart(places + 1, '0')
  const point = digits.length - places
  return withoutTrailingZeros(places === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`) as Decimal
}
