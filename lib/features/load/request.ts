import * as v from 'valibot'
import { EXCHANGES } from '../../calendar/exchanges.js'
import type { PublicationRule } from '../../calendar/publication.js'
import { DATASETS, DAY_AGGS } from '../../datasets/dataset.js'
import { isIsoDate, type IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { Thresholds } from './day/refusal.js'
import type { Limits } from './day/stage-day.js'

const MIB = 1024 ** 2

/** An object of these fields and no others. */
function object<const E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, ({ expected }) => {
    if (expected === 'never') return 'is no field of a request'
    return expected === 'Object' ? 'must be an object' : 'is missing'
  })
}

function number(min: number, max: number, kind = 'a number') {
  const message = `must be ${kind} from ${min} to ${max}`
  return v.pipe(v.number(message), v.minValue(min, message), v.maxValue(max, message))
}

function whole(min: number, max: number) {
  const kind = 'a whole number'
  return v.pipe(number(min, max, kind), v.integer(`must be ${kind} from ${min} to ${max}`))
}

function oneOf<const T extends readonly [string, ...string[]]>(names: T) {
  return v.picklist(names, `must be one of ${names.join(', ')}`)
}

function text(form: string, pattern = /[^]/) {
  return v.pipe(v.string(`must be ${form}`), v.regex(pattern, `must be ${form}`))
}

/** One of two objects: the one that has the field, or the other; what is wrong is told of the one that was meant. */
function eitherOf<A extends v.GenericSchema<object>, B extends v.GenericSchema<object>>(field: string, withField: A, other: B) {
  return v.lazy<A | B>((input) => (typeof input === 'object' && input !== null && field in input ? withField : other))
}

const date = v.custom<IsoDate>((input) => typeof input === 'string' && isIsoDate(input), 'must be a date, YYYY-MM-DD')
const choice = v.optional(v.boolean('must be true or false'), false)
const percent = number(0, 100)

const range = v.pipe(
  object({ start: date, end: v.nullable(date) }),
  v.check(({ start, end }) => end === null || start <= end, 'run backwards: start is after end'),
)

/** Everything that decides what a load does and what it may cost, whoever asks for it. */
export const LOAD_REQUEST = v.pipe(
  object({
    /** From one date to another, or with `end` null to the latest session that has closed; or the last sessions up to that one. */
    dates: eitherOf('sessions', object({ sessions: whole(1, 99_999) }), range),
    /** Day files in the layout of their vendor below a URI; or one file, `-` for stdin, as that of the one date. */
    source: eitherOf('file', object({ file: text('a path, or - for stdin') }), object({ uri: text('s3://bucket/prefix or a directory') })),
    dataset: v.optional(oneOf(DATASETS.map(({ name }) => name) as [string, ...string[]]), DAY_AGGS.name),
    /** Whose sessions the dates are. */
    exchange: v.optional(oneOf(EXCHANGES.map(({ code }) => code) as [string, ...string[]]), EXCHANGES[0].code),
    /** Only these: an override, by which no date becomes complete. */
    symbols: v.optional(v.nullable(v.pipe(v.array(text('a symbol'), 'must be a list of symbols'), v.minLength(1, 'must name a symbol'))), null),
    /** Only dates never loaded, loaded, whose last attempt failed, or whose file has changed. */
    only: v.optional(v.nullable(oneOf(['unloaded', 'loaded', 'failed', 'changed'])), null),
    /** Read files that are known to be unchanged as well. */
    force: choice,
    /** Take a file whatever share it rejects or removes. */
    accept: choice,
    /** Take the ledger's word for what is stored instead of checking the rows. */
    trust_ledger: choice,
    /** Read files of closed days as well. */
    include_closed: choice,
    /** Read and compare, and write nothing. */
    dry_run: choice,
    /** Dates at once. */
    lanes: whole(1, 64),
    /** Seconds that one date may take. */
    date_timeout: whole(1, 86_400),
    /** Percent of the usual number of bars below which a date is thin. */
    thin_below: percent,
    /** Percent above which a file is refused. */
    thresholds: object({ max_rejected: percent, max_removed: percent }),
    publication: object({ published_at: text('a time of day, HH:MM', /^([01]\d|2[0-3]):[0-5]\d$/), missing_after: whole(0, 240) }),
    limits: object({
      max_line_bytes: whole(256, 16 * MIB),
      max_file_bytes: whole(1024, 1024 ** 2 * MIB),
      max_file_lines: whole(2, 1_000_000_000),
      max_rejected_rows: whole(1, 1_000_000),
    }),
  }),
  v.forward(
    v.check(({ source, dates }) => !('file' in source) || ('start' in dates && dates.start === dates.end), 'must be one date: that of the file'),
    ['dates'],
  ),
)

/** A load as it is asked for: by flags, a body or a job, all of them the same plain data. */
export type LoadRequest = v.InferOutput<typeof LOAD_REQUEST>

/** The same with what may be left out. */
export type LoadRequestInput = v.InferInput<typeof LOAD_REQUEST>

/** Judges a request, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readLoadRequest(input: unknown): LoadRequest {
  const { success, output, issues } = v.safeParse(LOAD_REQUEST, input)
  if (success) return output
  const [issue] = issues
  throw new UsageError('REQUEST_INVALID', `the request cannot be followed: ${v.getDotPath(issue) ?? 'it'} ${issue.message}`)
}

export function limitsOf({ limits }: LoadRequest): Limits {
  return { maxLineBytes: limits.max_line_bytes, maxFileBytes: limits.max_file_bytes, maxFileLines: limits.max_file_lines, maxRejectedRows: limits.max_rejected_rows }
}

export function thresholdsOf({ thresholds }: LoadRequest): Thresholds {
  return { maxRejected: thresholds.max_rejected, maxRemoved: thresholds.max_removed }
}

export function publicationOf({ publication }: LoadRequest): PublicationRule {
  return { publishedAt: publication.published_at, missingAfter: publication.missing_after }
}
