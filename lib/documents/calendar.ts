import * as v from 'valibot'
import { defineDocument } from './document.js'
import { date, instant } from './fields.js'

const session = v.strictObject({
  date,
  open: instant,
  close: instant,
  /** Whether it closes before the regular time. */
  early: v.boolean(),
  /** Why its hours are not the regular ones. */
  reason: v.nullable(v.string()),
})

export type SessionData = v.InferInput<typeof session>

/** The sessions of a range, the weekdays between on which the exchange is closed, and what the user keeps about them. */
export const CALENDAR = defineDocument('ohlcv.calendar/1', v.strictObject({
  exchange: v.string(),
  zone: v.string(),
  start: date,
  end: date,
  sessions: v.array(session),
  closures: v.array(v.strictObject({ date, reason: v.string() })),
  overrides: v.array(v.strictObject({ date, kind: v.picklist(['closed', 'early', 'open']), closes: v.nullable(v.string()), reason: v.string() })),
}))

/** A session near a date. */
const near = v.strictObject({ exchange: v.string(), from: date, session })

export const CALENDAR_NEXT = defineDocument('ohlcv.calendar.next/1', near)
export const CALENDAR_PREVIOUS = defineDocument('ohlcv.calendar.previous/1', near)

/** What a date is on a calendar: as asked, or once a command has changed it. */
const day = v.strictObject({
  exchange: v.string(),
  date,
  is_open: v.boolean(),
  session: v.nullable(session),
  /** Why it is closed, or its hours are not the regular ones. */
  reason: v.nullable(v.string()),
})

export type CalendarDay = v.InferInput<typeof day>

export const CALENDAR_IS_OPEN = defineDocument('ohlcv.calendar.is-open/1', day)
export const CALENDAR_CLOSE = defineDocument('ohlcv.calendar.close/1', day)
export const CALENDAR_EARLY = defineDocument('ohlcv.calendar.early/1', day)
export const CALENDAR_REOPEN = defineDocument('ohlcv.calendar.reopen/1', day)
