import * as v from 'valibot'
import { id } from '../../documents/fields.js'
import { Problem } from './problem.js'

// A page begins after the keys of the last row of the page before, whatever has been added since: nothing is told twice, and nothing left out.

const WIRE = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/))

/** The key of rows that have a number each. */
export const AFTER_ID = v.tuple([id])

/** The keys of a page's last row, as a text that clients only hand back. */
export function cursorText(keys: unknown): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** The keys that a page begins after; null: it is the first. @throws Problem CURSOR_INVALID where the text was made for something else */
export function readCursor<S extends v.GenericSchema>(schema: S, cursor: string | undefined): v.InferOutput<S> | null {
  if (cursor === undefined) return null
  try {
    return v.parse(schema, JSON.parse(Buffer.from(v.parse(WIRE, cursor), 'base64url').toString()))
  } catch {
    throw new Problem(400, 'CURSOR_INVALID', 'query: cursor is none of this list: give next_cursor of the page before, or none for the first page')
  }
}

/** A page of rows, of which one more was read to see whether there is a next. @param keysOf what the next page begins after */
export function pageOf<T>(rows: readonly T[], limit: number, keysOf: (last: T) => unknown): { rows: T[]; next: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next: rows.length > limit && last !== undefined ? cursorText(keysOf(last)) : null }
}
