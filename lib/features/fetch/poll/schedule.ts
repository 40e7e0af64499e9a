import type { Calendar, Session } from '../../../calendar/calendar.js'
import type { IsoDate } from '../../../domain/dates.js'
import { instantOf, wallTime } from '../../../domain/zone.js'

/** So long after its end a minute's bar can be expected; milliseconds, as everything below. */
const LAG = 5_000
/** So long after the end of trading the last minute's bar has its late trades. */
const SETTLED = 60_000
/** The first trades of a day, exchange time. */
const FIRST_TRADES = '04:00'
/** So long after the close trading ends: at 20:00, at 17:00 where the close is early. */
const AFTER_HOURS = 4 * 3_600_000
/** A timer may end a little before its time by the clock. */
const MOST_EARLY = 1000

/** When the bars of a session are asked for, in milliseconds since the epoch. */
export interface PollWindow {
  date: IsoDate
  /** Of the first tick, by which the others are counted. */
  start: number
  /** Of the last one. */
  end: number
}

/** When to poll a session: from its open to its close, or all the time in which there are trades. */
function windowOf({ date, open, close }: Session, zone: string, extended: boolean): PollWindow {
  const from = extended ? instantOf(date, FIRST_TRADES, zone) : open
  return { date, start: from.getTime() + LAG, end: close.getTime() + (extended ? AFTER_HOURS : 0) + SETTLED + LAG }
}

/**
 * The session to poll next: today's by the exchange's clock, which may be over, or the one after it.
 * @param done the last one that is over and done
 */
export function nextWindow(calendar: Calendar, now: number, extended: boolean, done: IsoDate | undefined): PollWindow {
  const { zone } = calendar.exchange
  const { date: today } = wallTime(new Date(now), zone)
  const session = today === done ? undefined : calendar.session(today)
  return windowOf(session ?? calendar.next(today), zone, extended)
}

/** When to tick next, and how many ticks before it are left out. */
export interface NextTick {
  at: number
  skipped: number
}

/**
 * The tick after one that began then, the first that is yet to come; the last one is at the end of the window.
 * @param every milliseconds from one tick to the next
 */
export function tickAfter({ start, end }: PollWindow, every: number, begun: number, now: number): NextTick {
  const tickOf = (instant: number): number => Math.floor((instant - start) / every)
  const current = tickOf(begun + Math.min(MOST_EARLY, every / 10))
  const next = Math.max(current, tickOf(now)) + 1
  return { at: Math.min(Math.max(start, start + next * every), end), skipped: next - current - 1 }
}

/** No pause is longer: a provider or a database that is well again is noticed this soon. */
const LONGEST_PAUSE = 60_000

/** How many milliseconds to ask for nothing after so many failures in a row: twice as long after each, none without one. */
export function pauseAfter(failures: number, every: number): number {
  return failures === 0 ? 0 : Math.min(every * 2 ** (failures - 1), LONGEST_PAUSE)
}
