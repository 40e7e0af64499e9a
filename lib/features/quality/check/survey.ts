import { createCalendar } from '../../../calendar/calendar.js'
import { exchangeNamed } from '../../../calendar/exchanges.js'
import type { IsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import type { Queryable } from '../../../postgres/database.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import { actionsTellMore } from '../../../store/quality/actions.js'
import { datesOfIdentityChanges, listBarDates, listMarks, type Staleness } from '../../../store/quality/marks.js'
import { lastIdentityChange } from '../../../store/universe/changes.js'
import type { Rule } from '../rules/rule.js'
import { EXPLAINED_BY_ACTIONS, RULES_VERSION } from '../rules/version.js'
import type { CheckRequest } from './request.js'
import { Sessions } from './sessions.js'
import { staleness, versionOf } from './stale.js'

/** A date that has bars. */
export interface CheckedDate {
  date: IsoDate
  /** The number of its session; undefined when the exchange was closed. */
  session: number | undefined
  isLoaded: boolean
}

/** What there is to check. */
export interface Survey {
  staleness: Staleness
  /** Every date with bars, in order. */
  dates: CheckedDate[]
  /** Those that are to be judged. */
  targets: CheckedDate[]
  /** Whether splits and dividends explain other findings than they did. */
  isToldMore: boolean
}

/** @throws UsageError REQUEST_INVALID when a rule has no threshold */
function requireThresholds(rules: readonly Rule[], { thresholds }: CheckRequest): void {
  const missing = rules.flatMap((rule) => rule.thresholds).find((setting) => thresholds[setting] === undefined)
  if (missing !== undefined) throw new UsageError('REQUEST_INVALID', `the request cannot be followed: thresholds.${missing} is missing`)
}

/** Finds out what is stale, and which dates of the request are to be judged. Reads only. */
export async function survey(db: Queryable, request: CheckRequest, rules: readonly Rule[]): Promise<Survey> {
  requireThresholds(rules, request)
  const exchange = exchangeNamed(request.exchange)!
  const calendar = createCalendar(exchange, await listOverrides(db, exchange.code))
  const isKnown = ({ date }: { date: IsoDate }): boolean => date >= calendar.range.start && date <= calendar.range.end
  const identitySeq = await lastIdentityChange(db)
  const marks = (await listMarks(db)).filter(isKnown)
  const barDates = (await listBarDates(db)).filter(isKnown)
  const all = [...marks, ...barDates].map(({ date }) => date)
  const span = all.reduce((range, date) => ({ start: date < range.start ? date : range.start, end: date > range.end ? date : range.end }), { start: all[0] ?? calendar.range.start, end: all[0] ?? calendar.range.start })
  const sessions = new Sessions(calendar, span)

  const isAsked = (date: IsoDate): boolean => (request.start === null || date >= request.start) && (request.end === null || date <= request.end)
  const since = Math.min(identitySeq, ...marks.map((mark) => mark.identitySeq))
  const moved = since === identitySeq ? [] : await datesOfIdentityChanges(db, since)
  const isMoved = (date: IsoDate): boolean => moved.some(({ start, end }) => (start === null || start <= date) && (end === null || date <= end))

  const stale = staleness(marks, barDates, versionOf(rules, RULES_VERSION, request.thresholds), sessions)
  const unjudged = new Set([...stale.unjudged, ...barDates.flatMap(({ date }) => (isMoved(date) || (request.again && isAsked(date)) ? [date] : []))])
  const toJudge = new Set([...unjudged, ...stale.changed.map(({ date }) => date), ...marks.flatMap(({ date, judged }) => (judged ? [] : [date]))])
  const dates = barDates.map(({ date, isLoaded }): CheckedDate => ({ date, isLoaded, session: sessions.numberOf(date) }))
  return {
    staleness: { ...stale, unjudged: [...unjudged], identitySeq },
    dates,
    targets: dates.filter(({ date }) => toJudge.has(date) && isAsked(date)),
    isToldMore: await actionsTellMore(db, EXPLAINED_BY_ACTIONS),
  }
}

/** Whether everything is as it was when it was last checked. */
export function isFresh({ staleness: { changed, gone, unjudged }, targets, isToldMore }: Survey): boolean {
  return changed.length === 0 && gone.length === 0 && unjudged.length === 0 && targets.length === 0 && !isToldMore
}
