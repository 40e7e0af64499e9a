import { CALENDAR } from '../../../documents/calendar.js'
import type { Calendar, CalendarOverride, Closure, Session } from '../../../calendar/calendar.js'
import { addDays, addMonths, datesOf, firstOfMonth, lastOfMonth, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { instantOf, wallTime } from '../../../domain/zone.js'
import { CALENDAR_FLAGS, openCalendar, todayAt } from './calendar-flags.js'
import { named, sessionData } from './calendar-report.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { counted } from '../../../documents/figures.js'
import { drawMonths, type DayStyle } from '../../terminal/months.js'
import { printable } from '../../terminal/printable.js'
import { RANGE_FLAGS, readRange, type OpenRange } from '../../flags/range.js'
import { table } from '../../terminal/table.js'

/** Months shown when the range is open: the one that is given or current, and two more. */
const MONTHS_SHOWN = 3

const CLOSED: DayStyle = { mark: 'x', colour: 'red' }
const EARLY: DayStyle = { mark: '*', colour: 'yellow' }
const OTHER_HOURS: DayStyle = { mark: '+', colour: 'cyan' }

/** Exchange time, `HH:MM`. */
function clock(instant: Date, zone: string): string {
  return wallTime(instant, zone).time.slice(0, 5)
}

function chooseRange({ start, end }: OpenRange, calendar: Calendar, today: IsoDate): DateRange {
  const months = MONTHS_SHOWN - 1
  const chosenStart = start ?? (end ? addMonths(end, -months) : firstOfMonth(today))
  const chosenEnd = end ?? lastOfMonth(addMonths(chosenStart, months))
  const { range } = calendar
  const clipped = {
    start: start === null && chosenStart < range.start ? range.start : chosenStart,
    end: end === null && chosenEnd > range.end ? range.end : chosenEnd,
  }
  if (clipped.start > clipped.end) {
    throw new UsageError('CALENDAR_RANGE', `the calendar of ${calendar.exchange.code} knows ${range.start} to ${range.end} only`)
  }
  return clipped
}

/** The hours of a session where they are not the regular ones. */
function specialHours(session: Session, { exchange: { zone, hours } }: Calendar): string {
  const [opens, closes] = [clock(session.open, zone), clock(session.close, zone)]
  return [opens === hours.opens ? '' : `opens ${opens}`, closes === hours.closes ? '' : `closes ${closes}`].filter(Boolean).join(', ') || 'open'
}

function styleOf(calendar: Calendar, date: IsoDate): DayStyle | undefined {
  if (calendar.closure(date)) return CLOSED
  const session = calendar.session(date)
  if (session?.early) return EARLY
  return session?.reason === undefined ? undefined : OTHER_HOURS
}

/** Every special day of the range: its mark, date, what it is and why. */
function legend(calendar: Calendar, range: DateRange, overrides: CalendarOverride[]): string {
  const yours = new Set(overrides.map(({ date }) => date))
  const rows = [...datesOf(range)].flatMap((date) => {
    const style = styleOf(calendar, date)
    if (!style) return []
    const session = calendar.session(date)
    const reason = printable((session ?? calendar.closure(date))?.reason ?? '')
    return [[style.mark, named(date), session ? specialHours(session, calendar) : 'closed', `${reason}${yours.has(date) ? ' (kept by you)' : ''}`]]
  })
  return rows.length === 0 ? '' : table([{ title: '' }, { title: 'date' }, { title: 'session' }, { title: 'reason' }], rows)
}

/** The regular hours in exchange time and in UTC, with the day summer time changes them. */
function hoursText({ exchange: { zone, hours } }: Calendar, { start, end }: DateRange): string {
  const utc = (date: IsoDate): string =>
    [hours.opens, hours.closes].map((time) => instantOf(date, time, zone).toISOString().slice(11, 16)).join('-')
  const changes: string[] = []
  for (let date = addDays(start, 1); date <= end; date = addDays(date, 1)) {
    if (utc(date) !== utc(addDays(date, -1))) changes.push(`${utc(date)} UTC from ${date}`)
  }
  const regular = `Regular hours ${hours.opens}-${hours.closes} ${zone}`
  return changes.length > 2 ? `${regular}.` : `${regular}: ${[`${utc(start)} UTC`, ...changes].join(', ')}.`
}

function show(calendar: Calendar, range: DateRange, overrides: CalendarOverride[], sessions: Session[], closures: Closure[], context: Context): string {
  const { code, name } = calendar.exchange
  const early = sessions.filter((session) => session.early).length
  return [
    `${name} (${code}), ${range.start} to ${range.end}`,
    drawMonths(range, (date) => styleOf(calendar, date), context.columns, context.colour),
    legend(calendar, range, overrides),
    [
      `${counted(sessions.length, 'session')}, ${early} of them closing early; ${counted(closures.length, 'weekday')} closed.`,
      hoursText(calendar, range),
    ].join('\n'),
  ].filter(Boolean).join('\n\n')
}

export const calendarShow = defineCommand({
  document: CALENDAR,
  usage: '$0',
  describe: 'Show the sessions, holidays and early closes of an exchange',
  examples: [
    ['calendar', 'this month and the next two'],
    ['calendar --start 2016-11-01 --end 2016-11-30', 'November 2016, with its Thanksgiving'],
    ['calendar --start 2026-01-01 --end 2026-12-31 --csv', 'every weekday of a year, for a spreadsheet'],
  ],
  flags: { ...RANGE_FLAGS, ...CALENDAR_FLAGS, csv: { type: 'boolean', describe: 'print CSV: one row a weekday' } },
  async run(args, context): Promise<Result<typeof CALENDAR>> {
    const { calendar, overrides } = await openCalendar(context, args)
    const range = chooseRange(readRange(args), calendar, todayAt(calendar.exchange, context))
    const sessions = calendar.sessions(range)
    const closures = [...datesOf(range)].flatMap((date) => calendar.closure(date) ?? [])
    const kept = overrides.filter(({ date }) => date >= range.start && date <= range.end)
    const days: (Session | Closure)[] = [...sessions, ...closures].sort((a, b) => (a.date < b.date ? -1 : 1))
    return {
      exitCode: EXIT.ok,
      text: () => show(calendar, range, kept, sessions, closures, context),
      data: {
        exchange: calendar.exchange.code,
        zone: calendar.exchange.zone,
        ...range,
        sessions: sessions.map(sessionData),
        closures,
        overrides: kept,
      },
      csv: () => [
        ['date', 'status', 'open', 'close', 'reason'],
        ...days.map((day) => 'open' in day
          ? [day.date, day.early ? 'early' : 'open', day.open.toISOString(), day.close.toISOString(), day.reason ?? null]
          : [day.date, 'closed', null, null, day.reason]),
      ],
    }
  },
})
