import type { ChosenDates } from '../../calendar/chosen-dates.js'
import { isoDate, type IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { ArgsOf } from '../framework/command.js'

/** The flags by which dates are chosen. */
export const DATES_FLAGS = {
  start: { type: 'string', requiresArg: true, describe: 'first date, YYYY-MM-DD' },
  end: { type: 'string', requiresArg: true, describe: 'last date, YYYY-MM-DD; without it the latest session that has closed' },
  days: { type: 'string', requiresArg: true, describe: 'the last N sessions, ending with the latest that has closed' },
  date: { type: 'string', requiresArg: true, describe: 'one date; with --file the date of that file' },
} as const

/** The date that a flag gives. @throws UsageError naming the flag */
export function dateFlag(flag: string, value: string): IsoDate {
  try {
    return isoDate(value)
  } catch (cause) {
    throw new UsageError('DATE_INVALID', `--${flag}: ${(cause as Error).message}`, { cause })
  }
}

function sessions(days: string): { sessions: number } {
  if (/^[1-9]\d{0,4}$/.test(days)) return { sessions: Number(days) }
  throw new UsageError('DAYS_INVALID', `--days must be a whole number from 1 to 99999, not ${JSON.stringify(days)}`)
}

/**
 * The dates that the flags choose: `--start` with `--end` (or up to the latest session that has closed), `--days` (that
 * many sessions, ending with that one), or `--date`.
 * @throws UsageError when they choose none, contradict each other or run backwards
 */
export function chosenDates({ start, end, days, date }: ArgsOf<typeof DATES_FLAGS>): ChosenDates {
  const ways = [start !== undefined || end !== undefined, days !== undefined, date !== undefined].filter(Boolean).length
  if (ways !== 1) {
    throw new UsageError('DATES_UNCLEAR', ways === 0 ? 'which dates?' : 'choose the dates in one way only', {
      hint: 'give --start D, with --end D or up to now, or --days N for the last N sessions, or --date D',
    })
  }
  if (date !== undefined) return { start: dateFlag('date', date), end: dateFlag('date', date) }
  if (days !== undefined) return sessions(days)
  if (start === undefined) throw new UsageError('DATES_UNCLEAR', '--end needs --start')
  const range = { start: dateFlag('start', start), end: end === undefined ? null : dateFlag('end', end) }
  if (range.end === null || range.start <= range.end) return range
  throw new UsageError('DATES_BACKWARDS', `the range runs backwards: --start ${range.start} is after --end ${range.end}`)
}
