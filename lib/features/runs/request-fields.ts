import * as v from 'valibot'
import { isIsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'

// The fields that requests have in common, with what is said of one that is no good.

/** An object of these fields and no others. */
export function object<const E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, ({ expected }) => {
    if (expected === 'never') return 'is no field of a request'
    return expected === 'Object' ? 'must be an object' : 'is missing'
  })
}

export function number(min: number, max: number, kind = 'a number') {
  const message = `must be ${kind} from ${min} to ${max}`
  return v.pipe(v.number(message), v.minValue(min, message), v.maxValue(max, message))
}

export function whole(min: number, max: number) {
  const kind = 'a whole number'
  return v.pipe(number(min, max, kind), v.integer(`must be ${kind} from ${min} to ${max}`))
}

export function oneOf<const T extends readonly string[]>(names: T) {
  return v.picklist(names, `must be one of ${names.join(', ')}`)
}

export function text(form: string, pattern = /[^]/) {
  return v.pipe(v.string(`must be ${form}`), v.regex(pattern, `must be ${form}`))
}

/** One of several, chosen by a look at what was given: so what is wrong is told of the one that was meant. A description lists them all. */
export function chosen<const O extends readonly v.GenericSchema[]>(options: O, choose: (input: unknown) => O[number]) {
  return Object.assign(v.lazy<O[number]>(choose), { options })
}

/** One of two objects: the one that has the field, or the other. */
export function eitherOf<A extends v.GenericSchema<object>, B extends v.GenericSchema<object>>(field: string, withField: A, other: B) {
  return chosen([withField, other], (input) => (typeof input === 'object' && input !== null && field in input ? withField : other))
}

export const choice = v.optional(v.boolean('must be true or false'), false)
export const symbols = v.pipe(v.array(text('a symbol'), 'must be a list of symbols'), v.minLength(1, 'must name a symbol'))

const NO_DATE = 'must be a date, YYYY-MM-DD'
export const date = v.pipe(v.string(NO_DATE), v.isoDate(NO_DATE), v.guard(isIsoDate, NO_DATE))

/** From one date to another, or with `end` null to the latest session that has closed. */
export const range = v.pipe(
  object({ start: date, end: v.nullable(date) }),
  v.check(({ start, end }) => end === null || start <= end, 'run backwards: start is after end'),
)

/** When day files are there. */
export const publication = object({ published_at: text('a time of day, HH:MM', /^([01]\d|2[0-3]):[0-5]\d$/), missing_after: whole(0, 240) })

/** What rules of quality are asked with, by setting. */
export const thresholds = v.record(v.string(), v.number('must be a number'), 'must be thresholds by setting')

/** From one date to another, or with `end` null to the latest session that has closed; or the last calendar days up to that one, or years of 365. */
export const askedDates = eitherOf('days', object({ days: whole(1, 99_999) }), eitherOf('years', object({ years: number(0.001, 200) }), range))

/** The dates that providers are asked about. */
export type AskedDates = v.InferOutput<typeof askedDates>

/** Judges a request, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readRequest<const S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, input)
  if (success) return output
  const [issue] = issues
  throw new UsageError('REQUEST_INVALID', `the request cannot be followed: ${v.getDotPath(issue) ?? 'it'} ${issue.message}`)
}
