import type { Calendar } from '../../calendar/calendar.js'
import { lastSessions } from '../../calendar/publication.js'
import type { Queryable } from '../../postgres/database.js'
import { daySizes, loadedDates, reachOf, type LoadedSize } from '../../store/ledger/days.js'
import { lastAttempts, type LastAttempt } from '../../store/runs/attempts.js'
import type { Dataset } from '../../datasets/dataset.js'
import { datesOf, type DateRange, type IsoDate } from '../../domain/dates.js'
import { coverage, unknownShare, usualAroundEach, WINDOW, type DaySize, type Usual } from '../../domain/usual.js'
import { dayState, type DayState, type StateContext } from './day-state.js'

/** By how many percentage points the share of unknown rows may exceed what is usual. */
const UNKNOWN_JUMP = 5

/** Rows of unknown symbols in a date's file. */
export interface UnknownRows {
  rows: number
  /** All rows of the file. */
  read: number
  /** Percent of these. */
  share: number
  /** The median share of the sessions around it; null where there is none to compare with. */
  usual: number | null
  /** Whether it is far above that. */
  jumps: boolean
}

/** A date and how it stands. Weekends appear only where there is something to say about them. */
export interface DayStatus {
  date: IsoDate
  /** Null for a weekend without bars. */
  state: DayState | null
  /** Whether the exchange opens. */
  session: boolean
  /** Why it is closed, or opens at unusual hours. */
  reason: string | null
  attempt: LastAttempt | null
  rowCount: number | null
  /** Its bars in percent of the median of the sessions around it. */
  coverage: number | null
  /** Whether that is below the threshold. */
  thin: boolean
  /** Null where nothing is loaded. */
  unknown: UnknownRows | null
  /** Bars taken away since the load, because their symbol names no security any more. */
  dropped: number
}

/** How a dataset stands over a range. */
export interface Survey {
  range: DateRange
  days: DayStatus[]
  /** Every loaded session, of other dates too. */
  sessions: IsoDate[]
  /** The latest session of all that is loaded. */
  latestLoaded: IsoDate | null
  latestClosed: IsoDate
  /** Closed sessions after the latest loaded one; null when nothing is loaded. */
  lag: number | null
}

export interface SurveyOptions extends StateContext {
  dataset: Dataset
  /** Null means from the first loaded date, and to the latest closed session. */
  range: { start: IsoDate | null; end: IsoDate | null }
  /** Percent of the usual number of bars below which a date is thin. */
  thinBelow: number
}

function later(a: IsoDate, b: IsoDate | null): IsoDate {
  return b !== null && b > a ? b : a
}

/** The range with so many loaded sessions on each side of it that what is usual on its dates can be told. */
function withNeighbours({ start, end }: DateRange, sessions: readonly IsoDate[]): DateRange {
  const from = sessions.findIndex((date) => date >= start)
  const first = sessions[Math.max((from === -1 ? sessions.length : from) - WINDOW, 0)]
  const last = sessions[sessions.findLastIndex((date) => date <= end) + WINDOW] ?? sessions.at(-1)
  return { start: first !== undefined && first < start ? first : start, end: later(end, last ?? null) }
}

/** How the dates of a range stand, from the ledger, the calendar and the clock; counts no bars. */
export async function survey(db: Queryable, { dataset: { name: dataset }, range, thinBelow, ...context }: SurveyOptions): Promise<Survey> {
  const { calendar } = context
  const [dates, reach] = await Promise.all([loadedDates(db, dataset, { start: null, end: null }), reachOf(db, dataset)])
  const latestClosed = lastSessions(calendar, 1, context.now)[0]!.date
  const end = range.end ?? later(later(latestClosed, reach.lastLoaded), range.start)
  const first = range.start ?? reach.firstLoaded ?? reach.firstTried ?? end
  const whole = { start: first < end ? first : end, end }
  // Whoever asks for dates beyond the calendar is told so before they are looked for one by one.
  for (const date of [whole.start, whole.end]) calendar.session(date)

  const sessions = dates.filter((date) => calendar.session(date))
  const [sizes, attempts] = await Promise.all([daySizes(db, dataset, withNeighbours(whole, sessions)), lastAttempts(db, dataset, whole)])
  const loaded = new Map<IsoDate, LoadedSize>(sizes.map((day) => [day.date, day]))
  const around = sizes.filter((day) => calendar.session(day.date))
  const each = usualAroundEach(around)
  const usuals = new Map(around.map((day, at) => [day.date, each[at]]))
  const days: DayStatus[] = []
  for (const date of datesOf(whole)) {
    const [session, day, attempt, usual] = [calendar.session(date), loaded.get(date), attempts.get(date), usuals.get(date)]
    const state = dayState({ date, loaded: day, attempt }, context) ?? null
    if (state === null && attempt?.code == null) continue
    const percent = day ? coverage(day.rowCount, usual) : null
    days.push({
      date, state, session: session !== undefined, reason: (session ?? calendar.closure(date))?.reason ?? null,
      attempt: attempt ?? null, rowCount: day?.rowCount ?? null, coverage: percent, thin: percent !== null && percent < thinBelow,
      unknown: day ? unknownRows(day, usual) : null, dropped: day?.dropped ?? 0,
    })
  }
  return { range: whole, days, sessions, latestClosed, ...lagOf(sessions, latestClosed, calendar) }
}

function unknownRows(day: DaySize, usual: Usual | undefined): UnknownRows {
  const share = unknownShare(day)
  return { rows: day.unknown, read: day.read, share, usual: usual?.unknown ?? null, jumps: usual !== undefined && share > usual.unknown + UNKNOWN_JUMP }
}

/** The latest loaded session, and how many have closed since. */
function lagOf(sessions: readonly IsoDate[], latestClosed: IsoDate, calendar: Calendar): Pick<Survey, 'latestLoaded' | 'lag'> {
  const latestLoaded = sessions.at(-1)
  if (latestLoaded === undefined) return { latestLoaded: null, lag: null }
  return { latestLoaded, lag: latestLoaded >= latestClosed ? 0 : calendar.sessions({ start: latestLoaded, end: latestClosed }).length - 1 }
}
