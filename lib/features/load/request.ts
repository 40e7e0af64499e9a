import * as v from 'valibot'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES } from '../../calendar/exchanges.js'
import type { PublicationRule } from '../../calendar/publication.js'
import { DATASETS } from '../../datasets/datasets.js'
import { DAY_AGGS } from '../../datasets/day.js'
import { choice, eitherOf, number, object, oneOf, publication, range, readRequest, symbols, text, whole } from '../runs/request-fields.js'
import type { Thresholds } from './day/refusal.js'
import type { Limits } from './day/stage-day.js'

const MIB = 1024 ** 2

const percent = number(0, 100)

/** Everything that decides what a load does and what it may cost, whoever asks for it. */
export const LOAD_REQUEST = v.pipe(
  object({
    /** From one date to another, or with `end` null to the latest session that has closed; or the last sessions up to that one. */
    dates: eitherOf('sessions', object({ sessions: whole(1, 99_999) }), range),
    /** Day files in the layout of their vendor below a URI; or one file, `-` for stdin, as that of the one date. */
    source: eitherOf('file', object({ file: text('a path, or - for stdin') }), object({ uri: text('s3://bucket/prefix or a directory') })),
    dataset: v.optional(oneOf(DATASETS.map(({ name }) => name)), DAY_AGGS.name),
    /** Whose sessions the dates are. */
    exchange: v.optional(oneOf(EXCHANGE_CODES), DEFAULT_EXCHANGE.code),
    /** Only these: an override, by which no date becomes complete. */
    symbols: v.optional(v.nullable(symbols), null),
    /** Only dates never loaded, loaded, whose last attempt failed, that are not whole (never loaded, stale or failed), or whose file has changed. */
    only: v.optional(v.nullable(oneOf(['unloaded', 'loaded', 'failed', 'incomplete', 'changed'])), null),
    /** Read files that are known to be unchanged as well. */
    force: choice,
    /** Hold each date against the ledger before and after, and write down what was wrong with it; a load that repairs what it finds by itself does so anyway. */
    mend: choice,
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
    publication,
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
  return readRequest(LOAD_REQUEST, input)
}

export function limitsOf({ limits }: LoadRequest): Limits {
  return { maxLineBytes: limits.max_line_bytes, maxFileBytes: limits.max_file_bytes, maxFileLines: limits.max_file_lines, maxRejectedRows: limits.max_rejected_rows }
}

export function thresholdsOf({ thresholds }: LoadRequest): Thresholds {
  return { maxRejected: thresholds.max_rejected, maxRemoved: thresholds.max_removed }
}

export function publicationOf({ publication }: Pick<LoadRequest, 'publication'>): PublicationRule {
  return { publishedAt: publication.published_at, missingAfter: publication.missing_after }
}
