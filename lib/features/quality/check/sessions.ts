import { isWeekend, type Calendar } from '../../../calendar/calendar.js'
import { addDays, datesOf, dayNumber, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { SESSIONS_AFTER, SESSIONS_BEFORE } from '../rules/rule.js'

/** More days than the sessions before, or after, a date can take. */
const DAYS_AROUND = 150

const within = (date: IsoDate, { start, end }: DateRange): IsoDate => (date < start ? start : date > end ? end : date)

/** The sessions of an exchange around a range of dates, numbered. */
export class Sessions {
  readonly #first: number
  /** By day: the number of its session; negative where the exchange is closed. */
  readonly #numbers: Int32Array
  /** Sums of the squares of the days of sessions up to each. */
  readonly #squares: number[] = []

  /** @param range dates of the calendar's own range */
  constructor(calendar: Calendar, range: DateRange) {
    const start = within(addDays(range.start, -DAYS_AROUND), calendar.range)
    const end = within(addDays(range.end, DAYS_AROUND), calendar.range)
    this.#first = dayNumber(start)
    this.#numbers = new Int32Array(dayNumber(end) - this.#first + 1)
    let sum = 0
    for (const date of datesOf({ start, end })) {
      const day = dayNumber(date)
      const isSession = !isWeekend(date) && calendar.session(date) !== undefined
      if (isSession) this.#squares.push(sum += day * day)
      this.#numbers[day - this.#first] = isSession ? this.#squares.length - 1 : -1
    }
  }

  /** The number of a date's session; undefined when the exchange is closed. Neighbours differ by 1. */
  numberOf(date: IsoDate): number | undefined {
    const number = this.#numbers[dayNumber(date) - this.#first]!
    return number < 0 ? undefined : number
  }

  /** What tells the sessions of the window of a date from those of another calendar. */
  patternOf(date: IsoDate): string {
    const number = this.numberOf(date)
    if (number === undefined) return 'closed'
    const last = Math.min(number + SESSIONS_AFTER, this.#squares.length - 1)
    return String(this.#squares[last]! - (this.#squares[number - SESSIONS_BEFORE - 1] ?? 0))
  }
}
