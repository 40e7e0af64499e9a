import { addDays, isoDate, weekday, type IsoDate } from '../domain/dates.js'
import { SAT, SUN, type DayRule, type EarlyClose, type Holiday } from './exchange.js'

function dateIn(year: number, month: number, day: number): IsoDate {
  return isoDate(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
}

/** Easter Sunday of the Gregorian calendar, by the anonymous algorithm published in Nature, 20 April 1876. */
export function easter(year: number): IsoDate {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const yearOfCentury = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451)
  const days = epact + toSunday - 7 * late + 114
  return dateIn(year, Math.floor(days / 31), (days % 31) + 1)
}

function dayOf(rule: DayRule, year: number): IsoDate {
  if ('easter' in rule) return addDays(easter(year), rule.easter)
  if ('day' in rule) return dateIn(year, rule.month, rule.day)
  const first = dateIn(year, rule.month, rule.onOrAfter)
  return addDays(first, (rule.weekday - weekday(first) + 7) % 7)
}

function holds(rule: { since?: number; until?: number }, year: number): boolean {
  return year >= (rule.since ?? -Infinity) && year <= (rule.until ?? Infinity)
}

/** The weekday on which a year's holiday closes the exchange; undefined where it falls on a weekend and is not moved. */
export function holidayIn(holiday: Holiday, year: number): IsoDate | undefined {
  if (!holds(holiday, year)) return undefined
  const date = dayOf(holiday.day, year)
  const fallsOn = weekday(date)
  if (fallsOn !== SAT && fallsOn !== SUN) return date
  const days = fallsOn === SAT ? holiday.observed?.saturday : holiday.observed?.sunday
  return days === undefined ? undefined : addDays(date, days)
}

/** The date of a year's early close; undefined where the rule does not hold. Whether it is a session is not judged here. */
export function earlyCloseIn(rule: EarlyClose, year: number): IsoDate | undefined {
  if (!holds(rule, year)) return undefined
  const date = dayOf(rule.day, year)
  return rule.weekdays.some((day) => day === weekday(date)) ? date : undefined
}
