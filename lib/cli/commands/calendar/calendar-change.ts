import type { CalendarDay } from '../../../documents/calendar.js'
import { createCalendar, isWeekend, type Calendar, type CalendarOverride } from '../../../calendar/calendar.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import type { Queryable } from '../../../postgres/database.js'
import type { IsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { findExchange, readPositionalDate } from './calendar-flags.js'
import { dayData, describeSession, named } from './calendar-report.js'
import type { Context } from '../../framework/command.js'
import { printable } from '../../terminal/printable.js'

/** A date whose override is to change: the calendar as it is now, and what is kept of the date. */
export interface Change {
  db: Queryable
  calendar: Calendar
  date: IsoDate
  kept: CalendarOverride | undefined
}

/**
 * The date a command is to change.
 * @throws UsageError when it is no date, a weekend, or one the calendar does not know
 */
export async function openChange(context: Context, args: { date: string; exchange: string }): Promise<Change> {
  const date = readPositionalDate(args.date)
  const exchange = findExchange(args.exchange)
  // Refused before any database is asked, also dates out of range.
  createCalendar(exchange).session(date)
  if (isWeekend(date)) {
    throw new UsageError('CALENDAR_WEEKEND', `${named(date)} is a weekend, on which ${exchange.code} has no session to change`, { hint: 'give a weekday' })
  }
  const { pool } = await context.database()
  const overrides = await listOverrides(pool, exchange.code)
  return { db: pool, calendar: createCalendar(exchange, overrides), date, kept: overrides.find((override) => override.date === date) }
}

/**
 * The reason given, without the spaces around it.
 * @throws UsageError when nothing is left
 */
export function readReason(text: string): string {
  const reason = text.trim()
  if (reason !== '') return reason
  throw new UsageError('CALENDAR_REASON', '--reason is empty', { hint: 'say why in a few words: it is shown wherever the date is' })
}

/** What the date is from now on, in words and for programs. */
export async function changed({ db, calendar: { exchange }, date }: Change): Promise<{ exitCode: number; data: CalendarDay; text: () => string }> {
  const calendar = createCalendar(exchange, await listOverrides(db, exchange.code))
  const session = calendar.session(date)
  const data = dayData(calendar, date)
  return {
    exitCode: EXIT.ok,
    data,
    text: () => (session ? `${exchange.code} is open on ${describeSession(session, calendar)}` : `${exchange.code} is closed on ${named(date)} (${printable(data.reason ?? '')})`),
  }
}

/** A UsageError that says why the date is closed already. */
export function alreadyClosed({ calendar, date, kept }: Change): UsageError {
  const reason = printable(calendar.closure(date)?.reason ?? '')
  return new UsageError('CALENDAR_ALREADY_CLOSED', `${calendar.exchange.code} is closed on ${named(date)} already (${reason})`, {
    hint: kept ? `to change the closure you keep: ohlcv calendar reopen ${date}` : `if it opens after all: ohlcv calendar reopen ${date} --reason ...`,
  })
}
