import type { Readable } from 'node:stream'

/** Takes the fields of one line, as floating-point numbers; the array is used again for the next. */
export type TakeBar = (fields: Float64Array) => void

const [TAB, LINE_END, MINUS, POINT, ZERO] = [9, 10, 45, 46, 48] as const

/** Up to here a whole number and a power of ten are exact, and so their quotient is the nearest number there is. */
const [MOST_DIGITS, MOST_PLACES] = [15, 22] as const
const POWERS = Float64Array.from({ length: MOST_PLACES + 1 }, (_, places) => Number(`1e${places}`))

/** The number whose text stands in some bytes: the same as `Number` makes of it. */
export function numberIn(bytes: Buffer, start: number, end: number): number {
  let whole = 0
  let digits = 0
  let places = 0
  let isAfterPoint = false
  const isNegative = bytes[start] === MINUS
  for (let at = isNegative ? start + 1 : start; at < end; at++) {
    const byte = bytes[at]!
    const digit = byte - ZERO
    if (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit
      if (whole > 0) digits++
      if (isAfterPoint) places++
    } else if (byte === POINT && !isAfterPoint) {
      isAfterPoint = true
    } else {
      return Number(bytes.toString('latin1', start, end))
    }
  }
  if (digits > MOST_DIGITS || places > MOST_PLACES) return Number(bytes.toString('latin1', start, end))
  const value = whole / POWERS[places]!
  return isNegative ? -value : value
}

/** Takes the whole lines of some bytes; returns where what is left over begins. */
function takeLines(bytes: Buffer, fields: Float64Array, take: TakeBar): number {
  let line = 0
  let field = 0
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== TAB && byte !== LINE_END) continue
    fields[field++] = numberIn(bytes, start, at)
    start = at + 1
    if (byte === TAB) continue
    take(fields)
    field = 0
    line = start
  }
  return line
}

/** Takes the bars of lines of COPY's text format, in order: numbers divided by tabs. */
export async function parseBars(lines: Readable, fieldCount: number, take: TakeBar): Promise<void> {
  const fields = new Float64Array(fieldCount)
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of lines as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    rest = bytes.subarray(takeLines(bytes, fields, take))
  }
}
