import { partitionsOf } from '../../../datasets/partitions.js'
import { firstOfMonth, lastOfMonth, type DateRange } from '../../../domain/dates.js'
import type { Found } from './rule.js'

/** Whole months: what is found of a month is the same, whichever of its dates is asked for. */
export function wholeMonths({ start, end }: DateRange): DateRange {
  return { start: firstOfMonth(start), end: lastOfMonth(end) }
}

/** Asks for a range quarter by quarter, so that no statement reads more than that. */
export async function inPieces(range: DateRange, find: (piece: DateRange) => Promise<Found[]>): Promise<Found[]> {
  const found: Found[] = []
  for (const piece of partitionsOf({ partition: 'quarter' }, range)) found.push(...await find(piece))
  return found
}
