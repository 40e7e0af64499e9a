import type { DateRange, IsoDate } from '../domain/dates.js'

/**
 * The last date every calendar knows: 31 December ten years after the release year. Holidays so far ahead follow today's
 * rules; closures announced since the release are kept by the user (`ohlcv calendar close`).
 */
export const HORIZON = '2036-12-31' as IsoDate

/** Days of the week, 0 Sunday to 6 Saturday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6
export const [SUN, MON, TUE, WED, THU, FRI, SAT] = [0, 1, 2, 3, 4, 5, 6] as const

/** How a yearly day is found; months are 1 to 12. */
export type DayRule =
  /** The same date every year. */
  | { month: number; day: number }
  /** The first such weekday on or after a date: `day: 15` makes it the third of the month. */
  | { month: number; weekday: Weekday; onOrAfter: number }
  /** Days after (negative: before) Easter Sunday of the Gregorian calendar. */
  | { easter: number }

interface Yearly {
  name: string
  day: DayRule
  /** First and last year it holds; without them every year of the calendar. */
  since?: number
  until?: number
  /** Where the exchange says so. */
  source: string
}

/** A day the exchange is closed every year. */
export interface Holiday extends Yearly {
  /** Days it is moved when it falls on a Saturday or Sunday; without an entry it is not observed then. */
  observed?: { saturday?: number; sunday?: number }
}

/** A day the exchange closes early every year, when it falls on one of these weekdays and is a session at all. */
export interface EarlyClose extends Yearly {
  weekdays: readonly Weekday[]
  /** Exchange time, `HH:MM`. */
  closes: string
}

/** A closure that no yearly rule explains. */
export interface AdHocClosure {
  date: string
  reason: string
  source: string
}

/** A session whose hours no yearly rule explains: opened late, closed early, or both; exchange time, `HH:MM`. */
export interface AdHocHours {
  date: string
  opens?: string
  closes?: string
  reason: string
  source: string
}

/** An exchange as data: everything a calendar needs to know about it. A new one is a file in exchanges/ and an entry in exchanges.ts. */
export interface Exchange {
  /** ISO 10383 market identifier code. */
  code: string
  /** Codes of exchanges that keep the same days and regular hours: what is kept by the user for one of them is kept under `code`. */
  aliases: readonly string[]
  name: string
  /** IANA time zone of every time below. */
  zone: string
  /** The dates the rules were checked for. */
  range: DateRange
  /** Regular hours, `HH:MM`. */
  hours: { opens: string; closes: string }
  holidays: readonly Holiday[]
  earlyCloses: readonly EarlyClose[]
  closures: readonly AdHocClosure[]
  adHocHours: readonly AdHocHours[]
}
