import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import { dayNumber, type IsoDate } from '../../domain/dates.js'
import type { DateWord } from '../../store/quality/gaps.js'

const { range } = DEFAULT_EXCHANGE
const FIRST = dayNumber(range.start)
const DAYS = dayNumber(range.end) - FIRST + 1
const WORD = 32

/** Dates of a security: 1 for one with a bar, by the days since the calendar begins. */
export type Dates = Uint8Array

/** None. */
export function noDates(): Dates {
  return new Uint8Array(DAYS)
}

/** Says whether there is a bar on a date. */
export function mark(dates: Dates, date: IsoDate, there: boolean): void {
  dates[dayNumber(date) - FIRST] = there ? 1 : 0
}

/** Takes in the dates of a word, which are counted from the calendar's first. */
export function markWord(dates: Dates, { word, bits }: DateWord): void {
  for (let bit = 0; bit < WORD; bit++) if ((bits >>> bit) & 1) dates[word * WORD + bit] = 1
}

/** Whether there is a bar on a date. */
export function isMarked(dates: Dates, date: IsoDate): boolean {
  return dates[dayNumber(date) - FIRST] === 1
}
