import type { Calendar } from '../../calendar/calendar.js'
import { latestDue, type PublicationRule } from '../../calendar/publication.js'
import { DATASETS } from '../../datasets/datasets.js'
import type { TimespanName } from '../../datasets/timespan.js'
import { addDays, yearsBefore, type DateRange, type IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { Wanted } from './request.js'

/** What a backfill is asked with, its dates as they may be left out. */
export interface BackfillRequest {
  interval: TimespanName
  start: IsoDate | null
  end: IsoDate | null
  assets: readonly string[] | null
}

/** What a backfill comes to: a load of day files, a fetch from providers, or a sync of the days of some symbols, which is a fetch and a check. */
export type Backfill = Extract<Wanted, { action: 'load' | 'fetch' }> | { action: 'sync'; request: { symbols: string[]; dates: DateRange } }

/** What the dates of a backfill hang on. */
export interface BackfillContext {
  calendar: Calendar
  publication: PublicationRule
  now: Date
}

/** The first date of a window of the usual length: 90 days of what is shorter than a day, else three years. */
function usualStart(interval: TimespanName, end: IsoDate): IsoDate {
  return interval === 'minute' || interval === 'hour' ? addDays(end, -89) : yearsBefore(addDays(end, 1), 3)
}

const later = (a: IsoDate, b: IsoDate): IsoDate => (a > b ? a : b)

/** The dates of a backfill. @throws UsageError DATES_BACKWARDS, CALENDAR_RANGE */
export function backfillRange({ interval, start, end }: Pick<BackfillRequest, 'interval' | 'start' | 'end'>, { calendar, publication, now }: BackfillContext): DateRange {
  const last = end ?? latestDue(calendar, publication, now).date
  // Throws of a date that the calendar does not know, before anything is reckoned from it or looked up.
  for (const date of [start ?? last, last]) calendar.session(date)
  const range = { start: start ?? later(usualStart(interval, last), calendar.range.start), end: last }
  if (range.start <= range.end) return range
  throw new UsageError('DATES_BACKWARDS', `the range runs backwards: ${range.start} is after ${range.end}${end === null ? ', the latest session whose file is due' : ''}`)
}

/** What is to be done for a backfill: days and minutes of everything come from day files, all else from providers. @throws UsageError DATES_BACKWARDS, CALENDAR_RANGE */
export function planBackfill(request: BackfillRequest, context: BackfillContext): Backfill {
  const { interval, assets } = request
  const dates = backfillRange(request, context)
  const dataset = DATASETS.find(({ window }) => window === interval)
  const { exchange: { code: exchange } } = context.calendar
  if (dataset !== undefined && assets === null) {
    return { action: 'load', request: { dates, dataset: dataset.name, exchange, symbols: null, only: null, force: false, accept: false, include_closed: false } }
  }
  if (interval === 'day' && assets !== null) return { action: 'sync', request: { symbols: [...assets], dates } }
  return { action: 'fetch', request: { dates, symbols: assets === null ? 'all' : [...assets], type: null, timespans: [interval], provider: null, exchange } }
}
