import { addDays, type DateRange, type IsoDate } from '../../domain/dates.js'

/** The range in pieces of one calendar quarter, which is how bars are partitioned. */
export function quartersOf({ start, end }: DateRange): DateRange[] {
  const quarters: DateRange[] = []
  for (let first = start; first <= end;) {
    const [year = 0, month = 1] = first.split('-').map(Number)
    // Date.UTC takes months from 0 and carries the thirteenth into the next year.
    const next = new Date(Date.UTC(year, Math.floor((month - 1) / 3) * 3 + 3, 1)).toISOString().slice(0, 10) as IsoDate
    const last = addDays(next, -1)
    quarters.push({ start: first, end: last < end ? last : end })
    first = next
  }
  return quarters
}
