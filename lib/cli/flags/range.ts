import type { IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import { dateFlag } from './dates.js'

/** The flags of a command that shows a range of dates. */
export const RANGE_FLAGS = {
  start: { type: 'string', requiresArg: true, describe: 'first date, YYYY-MM-DD' },
  end: { type: 'string', requiresArg: true, describe: 'last date, YYYY-MM-DD' },
} as const

/** The flag of a command that can look at one date. */
export const DATE_FLAG = { type: 'string', requiresArg: true, describe: 'one date, YYYY-MM-DD' } as const

/** A range of dates, each end null where it was not given. */
export interface OpenRange {
  start: IsoDate | null
  end: IsoDate | null
}

/**
 * The date given with a flag, or null when the flag is absent.
 * @throws UsageError when it is no real date
 */
export function readDate(flag: string, text: string | undefined): IsoDate | null {
  return text === undefined ? null : dateFlag(flag, text)
}

/**
 * The range given with `--start` and `--end`, or with `--date`.
 * @throws UsageError when a date is no date, the range is backwards, or both forms were given
 */
export function readRange(args: { start?: string | undefined; end?: string | undefined; date?: string | undefined }): OpenRange {
  const [start, end, date] = [readDate('start', args.start), readDate('end', args.end), readDate('date', args.date)]
  if (date !== null && (start !== null || end !== null)) {
    throw new UsageError('DATES_CONFLICT', '--date and --start or --end cannot be given together', { hint: 'give one date, or a range' })
  }
  if (start !== null && end !== null && start > end) {
    throw new UsageError('DATES_BACKWARDS', `--start ${start} is after --end ${end}`)
  }
  return { start: date ?? start, end: date ?? end }
}

/** The range in words: `on 2016-11-25`, `from ... to ...`, or nothing when it is without bounds. */
export function describeRange({ start, end }: OpenRange): string {
  if (start !== null && start === end) return ` on ${start}`
  return `${start === null ? '' : ` from ${start}`}${end === null ? '' : ` to ${end}`}`
}

/** A flag that limits how much is shown. */
export function limitFlag(describe: string): { type: 'number'; requiresArg: true; describe: string } {
  return { type: 'number', requiresArg: true, describe }
}

/**
 * The limit given, or the one to use otherwise.
 * @throws UsageError when it is no whole number above zero
 */
export function readLimit<T extends number | null>(limit: number | undefined, otherwise: T): number | T {
  if (limit === undefined) return otherwise
  if (Number.isSafeInteger(limit) && limit > 0) return limit
  throw new UsageError('LIMIT_INVALID', '--limit must be a whole number above 0')
}
