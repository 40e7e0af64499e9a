import { lastSessions } from '../calendar/publication.js'
import type { Queryable } from '../db/database.js'
import { loadedDays } from '../db/ledger.js'
import { lastAttempts, reachOf, rowCountsBefore, type LastAttempt } from '../db/read-status.js'
import type { Dataset } from '../domain/dataset.js'
import { datesOf, type DateRange, type IsoDate } from '../domain/dates.js'
import { coverage, WINDOW } from './coverage.js'
import { dayState, type DayState, type Judge } from './day-state.js'

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
  /** Its bars in percent of the median of the sessions before it. */
  coverage: number | null
  /** Whether that is below the threshold. */
  thin: boolean
}

/** How a dataset stands over a range. */
export interface Survey {
  range: DateRange
  days: DayStatus[]
  /** The latest session of all that is loaded. */
  latestLoaded: IsoDate | null
  latestClosed: IsoDate
  /** Closed sessions after the latest loaded one; null when nothing is loaded. */
  lag: number | null
}

export interface SurveyOptions extends Judge {
  dataset: Dataset
  /** Null means from the first loaded date, and to the latest closed session. */
  range: { start: IsoDate | null; end: IsoDate | null }
  /** Percent of the usual number of bars below which a date is thin. */
  thinBelow: number
}

function later(a: IsoDate, b: IsoDate | null): IsoDate {
  return b !== null && b > a ? b : a
}

/** How the dates of a range stand, from the ledger, the calendar and the clock; counts no bars. */
export async function survey(db: Queryable, { dataset: { name: dataset }, range, thinBelow, ...judge }: SurveyOptions): Promise<Survey> {
  const { calendar } = judge
  const reach = await reachOf(db, dataset)
  const latestClosed = lastSessions(calendar, 1, judge.now)[0]!.date
  const end = range.end ?? later(later(latestClosed, reach.lastLoaded), range.start)
  const first = range.start ?? reach.firstLoaded ?? reach.firstTried ?? end
  const whole = { start: first < end ? first : end, end }

  const [loaded, attempts, before] = await Promise.all([
    loadedDays(db, dataset, whole), lastAttempts(db, dataset, whole), rowCountsBefore(db, dataset, whole.start, WINDOW),
  ])
  const usual = before.filter(({ date }) => calendar.session(date)).map(({ rowCount }) => rowCount).toReversed()
  const days: DayStatus[] = []
  for (const date of datesOf(whole)) {
    const [session, day, attempt] = [calendar.session(date), loaded.get(date), attempts.get(date)]
    const state = dayState({ date, loaded: day, attempt }, judge) ?? null
    if (state === null && attempt?.code == null) continue
    const percent = day && session ? coverage(day.rowCount, usual) : null
    days.push({
      date, state, session: session !== undefined, reason: (session ?? calendar.closure(date))?.reason ?? null,
      attempt: attempt ?? null, rowCount: day?.rowCount ?? null, coverage: percent, thin: percent !== null && percent < thinBelow,
    })
    if (day && session) usual.push(day.rowCount)
    if (usual.length > WINDOW) usual.shift()
  }
  return { range: whole, days, latestClosed, ...await lagOf(db, dataset, reach.lastLoaded, latestClosed, judge) }
}

/** The latest loaded session, and how many have closed since. */
async function lagOf(
  db: Queryable, dataset: string, lastLoaded: IsoDate | null, latestClosed: IsoDate, { calendar }: Judge,
): Promise<Pick<Survey, 'latestLoaded' | 'lag'>> {
  if (lastLoaded === null) return { latestLoaded: null, lag: null }
  // The last loaded date is no session where a closed day's file was loaded on purpose.
  const latestLoaded = calendar.session(lastLoaded)
    ? lastLoaded
    : (await rowCountsBefore(db, dataset, lastLoaded, WINDOW)).find(({ date }) => calendar.session(date))?.date ?? null
  if (latestLoaded === null) return { latestLoaded, lag: null }
  return { latestLoaded, lag: latestLoaded >= latestClosed ? 0 : calendar.sessions({ start: latestLoaded, end: latestClosed }).length - 1 }
}
