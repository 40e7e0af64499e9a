import * as v from 'valibot'

// The fields that documents have in common. A document is strict: it has all of its fields, and no other.

/** A calendar date, `2026-11-21`. */
export const date = v.pipe(v.string(), v.isoDate())
/** An instant in UTC, `2026-11-21T03:16:42.000Z`. */
export const instant = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
/** How many of something. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** A number by which the database knows something. */
export const id = v.pipe(v.number(), v.safeInteger())
/** An exact decimal as text: no digit is lost. */
export const decimal = v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/))
/** What a bar says. */
export const barValues = { open: decimal, high: decimal, low: decimal, close: decimal, volume: decimal, transactions: v.nullable(count) }
/** A share in percent. */
export const percent = v.pipe(v.number(), v.minValue(0))

/** An instant as {@link instant} has it. */
export function instantText(at: Date): string {
  return at.toISOString()
}

/** The same where there may be none. */
export function instantOrNull(at: Date | null): string | null {
  return at && instantText(at)
}
