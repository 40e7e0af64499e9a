import { isWeekend, type Calendar } from '../../calendar/calendar.js'
import { publication, type PublicationRule } from '../../calendar/publication.js'
import type { LoadedDay } from '../../store/ledger/days.js'
import type { LastAttempt } from '../../store/runs/attempts.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'

/**
 * What a date is in, worked out from what is stored and the calendar:
 * - `loaded`: it stands at a version of its file; `stale`: so, but symbols have changed so that the file gives other bars now:
 *   one unknown then is known now, or one known then names no security any more
 * - `holiday`: a weekday on which the exchange is closed
 * - `not_published`: its file is not due yet, or late within the grace
 * - `missing`: the source had no file although it was due
 * - `failed`: the last attempt failed
 * - `not_loaded`: a file may be there, and nobody has tried since it was due
 */
export const DAY_STATES = ['loaded', 'stale', 'holiday', 'not_published', 'missing', 'failed', 'not_loaded'] as const
export type DayState = (typeof DAY_STATES)[number]

/** What is known about a date. */
export interface DayFacts {
  date: IsoDate
  loaded: Pick<LoadedDay, 'date' | 'stale'> | undefined
  attempt: LastAttempt | undefined
}

/** What states depend on besides what is stored. */
export interface StateContext {
  calendar: Calendar
  publication: PublicationRule
  now: Date
}

const FAILURES: ReadonlySet<Outcome> = new Set(['forbidden', 'source_failed', 'db_failed', 'locked', 'interrupted'])

/** The state of a date; undefined for a weekend without bars, which is nothing to speak of. */
export function dayState({ date, loaded, attempt }: DayFacts, { calendar, publication: rule, now }: StateContext): DayState | undefined {
  if (loaded) return loaded.stale ? 'stale' : 'loaded'
  if (!calendar.session(date)) return isWeekend(date) ? undefined : 'holiday'
  const { due, missingFrom } = publication(calendar, date, rule)
  if (attempt && FAILURES.has(attempt.outcome)) return 'failed'
  if (attempt?.outcome === 'missing') return 'missing'
  const isWithinGrace = attempt?.outcome === 'not_published' && now < missingFrom
  return now < due || isWithinGrace ? 'not_published' : 'not_loaded'
}
