/** A calendar date of the exchange, `YYYY-MM-DD`. */
export type IsoDate = string & { readonly __isoDate: unique symbol }

/** There is no year 0: the database does not take one. */
const SHAPE = /^(?!0000)\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000

/** Whether the text is a real date in the form `YYYY-MM-DD` (2024-02-30 is not). */
export function isIsoDate(text: string): text is IsoDate {
  if (!SHAPE.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text
}

/** The date, or a RangeError that says what is wrong with it. */
export function isoDate(text: string): IsoDate {
  if (isIsoDate(text)) return text
  throw new RangeError(`"${text}" is not a date; dates are written YYYY-MM-DD`)
}

// The days of some decades are asked for again and again, which to read and to write takes several times as long as to remember.
const LAST_REMEMBERED = 36_525
const texts = new Map<number, IsoDate>()
const numbers = new Map<string, number>()

/** Days since 1970-01-01. */
export function dayNumber(date: IsoDate): number {
  return numbers.get(date) ?? Date.parse(`${date}T00:00:00Z`) / DAY_MS
}

/** The date so many days since 1970-01-01. */
export function fromDayNumber(days: number): IsoDate {
  const known = texts.get(days)
  if (known !== undefined) return known
  const text = new Date(days * DAY_MS).toISOString().slice(0, 10) as IsoDate
  if (days >= 0 && days <= LAST_REMEMBERED) {
    texts.set(days, text)
    numbers.set(text, days)
  }
  return text
}

/** The date that many days later (earlier when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return fromDayNumber(dayNumber(date) + days)
}

/** Day of the week: 0 Sunday to 6 Saturday. */
export function weekday(date: IsoDate): number {
  return (((dayNumber(date) + 4) % 7) + 7) % 7
}

/** The same date so many years earlier; of February 29 in a year that has none the first of March. */
export function yearsBefore(date: IsoDate, years: number): IsoDate {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  return isoDate(new Date(Date.UTC(year - years, month - 1, day)).toISOString().slice(0, 10))
}

export function firstOfMonth(date: IsoDate): IsoDate {
  return isoDate(`${date.slice(0, 7)}-01`)
}

/** The first of the month so many months later (earlier when negative). */
export function addMonths(date: IsoDate, months: number): IsoDate {
  const first = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1 + months, 1))
  return isoDate(first.toISOString().slice(0, 10))
}

export function lastOfMonth(date: IsoDate): IsoDate {
  return addDays(addMonths(date, 1), -1)
}

/** A closed range of dates; `start <= end`. */
export interface DateRange {
  start: IsoDate
  end: IsoDate
}

/** Every date of the range, in order. */
export function* datesOf({ start, end }: DateRange): Generator<IsoDate> {
  const last = dayNumber(end)
  for (let day = dayNumber(start); day <= last; day++) yield fromDayNumber(day)
}
