import { addDays, type IsoDate } from '../domain/dates.js'
import { instantOf, wallTime } from '../domain/zone.js'
import type { Calendar, Session } from './calendar.js'

/** When day files appear, as the settings say. */
export interface PublicationRule {
  /** Exchange time, `HH:MM`, on the next calendar day, by which a session's file is published. */
  publishedAt: string
  /** Hours after that from which a file counts as missing rather than late. */
  missingAfter: number
}

/** From when a date's file is due (inclusive), and from when it counts as missing (inclusive). */
export function publication(calendar: Calendar, date: IsoDate, rule: PublicationRule): { due: Date; missingFrom: Date } {
  const due = instantOf(addDays(date, 1), rule.publishedAt, calendar.exchange.zone)
  return { due, missingFrom: new Date(due.getTime() + rule.missingAfter * 3_600_000) }
}

/** The latest session whose file is due. */
export function latestDue(calendar: Calendar, rule: PublicationRule, now: Date): Session {
  let session = lastSessions(calendar, 1, now)[0]!
  while (publication(calendar, session.date, rule).due > now) session = calendar.previous(session.date)
  return session
}

/**
 * The last `count` sessions, in order, ending with the latest that has closed at `now`.
 * @throws UsageError when they begin before the calendar does
 */
export function lastSessions(calendar: Calendar, count: number, now: Date): Session[] {
  const { date: today } = wallTime(now, calendar.exchange.zone)
  const current = calendar.session(today)
  const sessions: Session[] = []
  let session = current && current.close <= now ? current : calendar.previous(today)
  while (sessions.unshift(session) < count) session = calendar.previous(session.date)
  return sessions
}
