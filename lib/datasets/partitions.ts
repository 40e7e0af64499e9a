import { addDays, type DateRange, type IsoDate } from '../domain/dates.js'
import type { Dataset } from './dataset.js'

const MONTHS: Record<Dataset['partition'], number> = { month: 1, quarter: 3 }

/** The range in pieces of one partition of the dataset each. */
export function partitionsOf({ partition }: Pick<Dataset, 'partition'>, { start, end }: DateRange): DateRange[] {
  const months = MONTHS[partition]
  const pieces: DateRange[] = []
  for (let first = start; first <= end;) {
    const [year = 0, month = 1] = first.split('-').map(Number)
    // Date.UTC takes months from 0 and carries the thirteenth into the next year.
    const next = new Date(Date.UTC(year, Math.floor((month - 1) / months) * months + months, 1)).toISOString().slice(0, 10) as IsoDate
    const last = addDays(next, -1)
    pieces.push({ start: first, end: last < end ? last : end })
    first = next
  }
  return pieces
}
