import * as v from 'valibot'
import { Problem } from './problem.js'
import type { Fields } from './route.js'

/** Where fields stand, as a problem names it. */
export type Part = 'path' | 'query' | 'body' | 'header'

/** What a field takes, without that it may be left out or be null. */
function inner(schema: v.GenericSchema): v.GenericSchema {
  return 'wrapped' in schema ? inner(schema.wrapped as v.GenericSchema) : schema
}

/** A text as the kind of value that a field takes; one that is none stays a text, and is refused as such. */
function valueOf(schema: v.GenericSchema | undefined, given: unknown): unknown {
  if (!schema || typeof given !== 'string') return given
  const { type } = inner(schema)
  if (type === 'number') return /^-?\d{1,15}(\.\d{1,15})?$/.test(given) ? Number(given) : given
  if (type === 'boolean') return given === 'true' || (given === 'false' ? false : given)
  return given
}

/** What is wrong with a field, in words that hold for a person and a program. */
function wrong({ kind, type, expected, message }: v.BaseIssue<unknown>): string {
  if (kind === 'schema' && type === 'strict_object') return expected === 'never' ? 'is not known here' : 'is missing'
  // Schemas with words of their own say what must be; the others are told by what they take.
  return message.startsWith('Invalid') ? `must be ${expected ?? 'another'}` : message
}

/** What the server would take in no text: a NUL, and half of a character. */
const NO_TEXT = /\0|\p{Cs}/u
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\0-\x1f\x7f]/

/** Nothing that is meant is nested half as deep. */
const DEEPEST = 16

/** Whether a text anywhere in it has what no value has. @throws Problem where it is nested too deep to look */
function holdsControls(given: unknown, controls: RegExp, depth = 0): boolean {
  if (typeof given === 'string') return controls.test(given)
  if (depth > DEEPEST) throw new Problem(400, 'REQUEST_INVALID', `the body is nested more than ${DEEPEST} deep`)
  return typeof given === 'object' && given !== null && Object.entries(given).some(([name, value]) => controls.test(name) || holdsControls(value, controls, depth + 1))
}

/** Fields as they came, judged. Texts of path and query become numbers where those are wanted; a body is of JSON, and has them. @throws Problem that names the field */
export function readFields<F extends Fields>(fields: F | undefined, given: unknown, part: Part): v.InferOutput<F> {
  const entries: v.ObjectEntries = fields?.entries ?? {}
  const raw: Record<string, unknown> = typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : {}
  if (part === 'body' && fields && (typeof given !== 'object' || given === null || Array.isArray(given))) throw new Problem(400, 'REQUEST_INVALID', 'the body must be a JSON object')
  if (holdsControls(raw, part === 'body' ? NO_TEXT : CONTROLS)) throw new Problem(400, 'REQUEST_INVALID', `${part}: control characters and halves of characters are in no value`)
  const repeated = part === 'query' ? Object.keys(raw).find((name) => Array.isArray(raw[name])) : undefined
  if (repeated !== undefined) throw new Problem(400, 'REQUEST_INVALID', `query: ${shown(repeated)} is given more than once`)
  const read = part === 'body' ? raw : Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, valueOf(Object.hasOwn(entries, name) ? entries[name] : undefined, value)]))
  const { success, output, issues } = v.safeParse(v.strictObject(entries), read)
  if (success) return output
  const [issue] = issues
  throw new Problem(400, 'REQUEST_INVALID', `${part}: ${shown(v.getDotPath(issue) ?? '')} ${wrong(issue)}`)
}

/** A name from outside, short and without what a terminal or a log would take for more. */
function shown(name: string): string {
  const printable = name.replaceAll(/[^\x20-\x7e]/g, '?')
  return printable.length > 40 ? `${printable.slice(0, 40)}...` : printable
}
