import type { Calendar } from '../../calendar/calendar.js'
import { latestDue, publication, type PublicationRule } from '../../calendar/publication.js'
import { timespanNamed } from '../../datasets/timespans.js'
import type { TimespanName } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import { wallTime } from '../../domain/zone.js'

/** So many of the latest windows that are owed decide how fresh bars are; a hole before them is no lag. */
const HORIZON = 10

/** What freshness depends on besides what is stored. */
export interface Clock {
  calendar: Calendar
  publication: PublicationRule
  now: Date
}

/** What a bar, or those of one date, are of: a session, or all sessions of a week or month. */
export interface Window {
  /** The date of its bars: that of the session, the Sunday of a week, the first of a month. */
  date: IsoDate
  /** Its last session. */
  last: IsoDate
}

/** The windows of a length up to that of today, in order, and how many of them are owed: over, and their last session's file is due. */
export interface Windows {
  windows: readonly Window[]
  owed: number
}

/** The windows from the one of the date on. */
export function windowsSince(since: IsoDate, interval: TimespanName, clock: Clock): Windows {
  const { calendar, publication: rule, now } = clock
  const { date: today } = wallTime(now, calendar.exchange.zone)
  const { date: due } = latestDue(calendar, rule, now)
  const sessions = since <= today ? calendar.sessions({ start: since, end: today }) : []
  if (interval !== 'week' && interval !== 'month') {
    const windows = sessions.map(({ date }) => ({ date, last: date }))
    return { windows, owed: windows.filter(({ date }) => date <= due).length }
  }
  const firstOf = (date: IsoDate): IsoDate => timespanNamed(interval).asked({ start: date, end: date }).start
  const windows: Window[] = []
  for (const { date } of sessions) {
    const [first, latest] = [firstOf(date), windows.at(-1)]
    if (latest?.date === first) latest.last = date
    else windows.push({ date: first, last: date })
  }
  const isOver = ({ date, last }: Window): boolean => last < due || (last === due && firstOf(calendar.next(last).date) !== date)
  return { windows, owed: windows.filter(isOver).length }
}

/** The latest windows that are owed, of which bars have to be there; a hole before them is known. */
export function latestOwed({ windows, owed }: Windows): readonly Window[] {
  return windows.slice(Math.max(owed - HORIZON, 0), owed)
}

/** Whole minutes since the oldest of the latest windows owed that is not there was due; 0: all are there. */
export function lagMinutes(windows: Windows, isThere: (window: Window) => boolean, { calendar, publication: rule, now }: Clock): number {
  const absent = latestOwed(windows).find((window) => !isThere(window))
  return absent === undefined ? 0 : Math.floor((now.getTime() - publication(calendar, absent.last, rule).due.getTime()) / 60_000)
}

/** The next file that is to come: of the first session from now on whose file is not due yet and not there. */
export function nextDue(isLoaded: (date: IsoDate) => boolean, { calendar, publication: rule, now }: Clock): { date: IsoDate; at: Date } {
  let { date } = calendar.next(latestDue(calendar, rule, now).date)
  while (isLoaded(date)) ({ date } = calendar.next(date))
  return { date, at: publication(calendar, date, rule).due }
}
