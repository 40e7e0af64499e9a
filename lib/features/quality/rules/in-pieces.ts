import { partitionsOf } from '../../../datasets/partitions.js'
import { addMonths, firstOfMonth, lastOfMonth, type DateRange } from '../../../domain/dates.js'
import type { Found } from './rule.js'

/** Asks for a range quarter by quarter, so that no statement reads more than that. */
export async function inPieces(range: DateRange, find: (piece: DateRange) => Promise<Found[]>): Promise<Found[]> {
  const found: Found[] = []
  for (const piece of partitionsOf({ partition: 'quarter' }, range)) found.push(...await find(piece))
  return found
}

/** The same of the whole months that begin in the range. */
export function inMonths({ start, end }: DateRange, find: (piece: DateRange) => Promise<Found[]>): Promise<Found[]> {
  const first = firstOfMonth(start)
  return inPieces({ start: first === start ? first : addMonths(start, 1), end: lastOfMonth(end) }, find)
}

/** What is found of a month stands at its first day, whichever of its bars it is found in. */
export function monthOf(date: DateRange['start']): { date: DateRange['start']; lastDate: DateRange['start'] } {
  return { date: firstOfMonth(date), lastDate: lastOfMonth(date) }
}
