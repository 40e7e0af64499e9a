import * as v from 'valibot'
import { createCalendar, type Calendar, type Session } from '../../calendar/calendar.js'
import { rangeOf } from '../../calendar/chosen-dates.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import { lastSessions, publication as publicationOf, type PublicationRule } from '../../calendar/publication.js'
import { DAY_AGGS } from '../../datasets/day.js'
import type { DateRange } from '../../domain/dates.js'
import { choice, number, object, publication, range, readRequest, thresholds } from '../../features/runs/request-fields.js'
import type { Queryable } from '../../postgres/database.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { loadedDay, reachOf } from '../../store/ledger/days.js'

const REPORT = object({
  /** Null: the latest session whose data is there or due. */
  dates: v.optional(v.nullable(range), null),
  /** Check nothing, and leave out what reads every bar: gaps, the sums of the ledger, and bars against those of providers. */
  quick: choice,
  publication,
  /** Percent of the usual number of bars below which a date is thin. */
  thin_below: number(0, 100),
  /** Percent of the sessions before on which a security that is expected had a bar. */
  usual_percent: number(1, 100),
  thresholds,
})

export type ReportRequest = v.InferOutput<typeof REPORT>

/** @throws UsageError REQUEST_INVALID */
export const readReportRequest = (input: v.InferInput<typeof REPORT>): ReportRequest => readRequest(REPORT, input)

/** The dates of a report on the calendar. */
export interface ResolvedReport {
  range: DateRange
  calendar: Calendar
  publication: PublicationRule
  /** Those of its sessions that have closed. */
  sessions: Session[]
}

/** The latest session that has closed; where day files are loaded, the latest of those whose file is there or due. */
async function latestSession(db: Queryable, calendar: Calendar, rule: PublicationRule, now: Date): Promise<Session> {
  const [before, latest] = lastSessions(calendar, 2, now)
  const { lastLoaded } = await reachOf(db, DAY_AGGS.name)
  const isAwaited = now < publicationOf(calendar, latest!.date, rule).due && !(await loadedDay(db, DAY_AGGS.name, latest!.date))
  return lastLoaded !== null && isAwaited ? before! : latest!
}

/** @throws UsageError when the calendar does not know the dates */
export async function resolveReport(db: Queryable, { dates, publication: { published_at: publishedAt, missing_after: missingAfter } }: ReportRequest, now: Date): Promise<ResolvedReport> {
  const publication = { publishedAt, missingAfter }
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(db, DEFAULT_EXCHANGE.code))
  const { date: latest } = await latestSession(db, calendar, publication, now)
  const range = dates === null ? { start: latest, end: latest } : rangeOf(dates, calendar, now)
  return { range, calendar, publication, sessions: calendar.sessions(range).filter(({ close }) => close <= now) }
}
