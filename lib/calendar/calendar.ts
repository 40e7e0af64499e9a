import { addDays, datesOf, weekday, type DateRange, type IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import { instantOf } from '../domain/zone.js'
import { SAT, SUN, type Exchange } from './exchange.js'
import { earlyCloseIn, holidayIn } from './rules.js'

/** A date on which the exchange opens. */
export interface Session {
  date: IsoDate
  open: Date
  close: Date
  /** Whether it closes before the regular time. */
  early: boolean
  /** Why its hours are not the regular ones. */
  reason?: string
}

/** A weekday on which the exchange is closed. */
export interface Closure {
  date: IsoDate
  reason: string
}

/** What the user knows better than the release: a closure, an early close, or a full session where the rules see none. */
export interface CalendarOverride {
  date: IsoDate
  kind: 'closed' | 'early' | 'open'
  /** Exchange time, `HH:MM`, for `early`; else null. */
  closes: string | null
  reason: string
}

/** The sessions of one exchange. Every method throws a UsageError (CALENDAR_RANGE) for dates outside `range`. */
export interface Calendar {
  exchange: Exchange
  /** The dates it knows. */
  range: DateRange
  /** The session of a date; undefined when the exchange is closed. */
  session(date: IsoDate): Session | undefined
  /** Why the exchange is closed on a weekday; undefined for sessions and weekends. */
  closure(date: IsoDate): Closure | undefined
  sessions(range: DateRange): Session[]
  /** The first session after the date. */
  next(date: IsoDate): Session
  /** The last session before the date. */
  previous(date: IsoDate): Session
}

/** What is special about a weekday: closed, or hours of its own. */
type Special = { closed: true; reason: string } | { closed: false; opens?: string; closes?: string; reason: string }

/** The special days of an exchange, later knowledge replacing earlier: yearly hours, yearly holidays, single days, the user's. */
function specialDays(exchange: Exchange, overrides: readonly CalendarOverride[]): Map<IsoDate, Special> {
  const days = new Map<IsoDate, Special>()
  // A holiday can be observed in a neighbouring year.
  const first = Number(exchange.range.start.slice(0, 4)) - 1
  const last = Number(exchange.range.end.slice(0, 4)) + 1
  for (let year = first; year <= last; year++) {
    for (const rule of exchange.earlyCloses) {
      const date = earlyCloseIn(rule, year)
      if (date) days.set(date, { closed: false, closes: rule.closes, reason: rule.name })
    }
  }
  for (let year = first; year <= last; year++) {
    for (const holiday of exchange.holidays) {
      const date = holidayIn(holiday, year)
      if (date) days.set(date, { closed: true, reason: holiday.name })
    }
  }
  for (const { date, reason } of exchange.closures) days.set(date as IsoDate, { closed: true, reason })
  for (const { date, source: _, ...hours } of exchange.adHocHours) days.set(date as IsoDate, { closed: false, ...hours })
  for (const { date, kind, closes, reason } of overrides) {
    days.set(date, kind === 'closed' ? { closed: true, reason } : { closed: false, ...(closes !== null && { closes }), reason })
  }
  return days
}

/** Whether the date is a Saturday or Sunday. */
export function isWeekend(date: IsoDate): boolean {
  const day = weekday(date)
  return day === SAT || day === SUN
}

/** The calendar of an exchange, with what the user keeps merged in. */
export function createCalendar(exchange: Exchange, overrides: readonly CalendarOverride[] = []): Calendar {
  const { range, hours, zone } = exchange
  const days = specialDays(exchange, overrides)

  function check(date: IsoDate): void {
    if (date >= range.start && date <= range.end) return
    throw new UsageError('CALENDAR_RANGE', `the calendar of ${exchange.code} knows ${range.start} to ${range.end}, not ${date}`, {
      hint: date > range.end ? 'a newer release knows later years' : `choose a date from ${range.start} on`,
    })
  }

  // To find an instant of a zone takes longer than to remember it; twenty years are asked for again and again.
  const known = new Map<IsoDate, Session | undefined>()

  function session(date: IsoDate): Session | undefined {
    check(date)
    const found = known.get(date)
    if (found !== undefined || known.has(date)) return found
    const made = sessionOf(date)
    known.set(date, made)
    return made
  }

  function sessionOf(date: IsoDate): Session | undefined {
    const special = days.get(date)
    if (special?.closed || isWeekend(date)) return undefined
    const closes = special?.closes ?? hours.closes
    return {
      date,
      open: instantOf(date, special?.opens ?? hours.opens, zone),
      close: instantOf(date, closes, zone),
      early: closes < hours.closes,
      ...(special && { reason: special.reason }),
    }
  }

  // A calendar is asked for its ranges again and again.
  const knownYears = new Map<string, readonly Session[]>()

  function sessionsOf(year: string): readonly Session[] {
    const [first, last] = [`${year}-01-01`, `${year}-12-31`] as [IsoDate, IsoDate]
    const made = knownYears.get(year) ?? [...datesOf({ start: first < range.start ? range.start : first, end: last > range.end ? range.end : last })].flatMap((date) => session(date) ?? [])
    knownYears.set(year, made)
    return made
  }

  function nearest(date: IsoDate, step: 1 | -1): Session {
    check(date)
    for (let day = addDays(date, step); ; day = addDays(day, step)) {
      const found = session(day)
      if (found) return found
    }
  }

  return {
    exchange,
    range,
    session,
    closure(date) {
      check(date)
      const special = days.get(date)
      return special?.closed && !isWeekend(date) ? { date, reason: special.reason } : undefined
    },
    sessions(wanted) {
      check(wanted.start)
      check(wanted.end)
      const found: Session[] = []
      for (let year = Number(wanted.start.slice(0, 4)); year <= Number(wanted.end.slice(0, 4)); year++) {
        for (const known of sessionsOf(String(year))) if (known.date >= wanted.start && known.date <= wanted.end) found.push(known)
      }
      return found
    },
    next: (date) => nearest(date, 1),
    previous: (date) => nearest(date, -1),
  }
}
