import type { IsoDate } from './dates.js'

/** Loaded sessions that a date is held against: those nearest before it, topped up by those after where these are fewer. */
export const WINDOW = 20

/** What a loaded date holds. */
export interface DaySize {
  date: IsoDate
  rowCount: number
  /** Rows of its file, and those of them whose symbol named no security. */
  read: number
  unknown: number
}

/** What is usual around a date. */
export interface Usual {
  rowCount: number
  /** Percent of the rows. */
  unknown: number
}

/** The middle of the values, the mean of the two middle ones where there is no single one; undefined without values. */
export function median(values: readonly number[]): number | undefined {
  return middle(values.toSorted((a, b) => a - b))
}

function middle(sorted: readonly number[]): number | undefined {
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

/** A date's rows of unknown symbols in percent of all. */
export function unknownShare({ read, unknown }: Pick<DaySize, 'read' | 'unknown'>): number {
  return read === 0 ? 0 : (100 * unknown) / read
}

/** What is usual around the session at this place among the loaded ones: medians over its neighbours; undefined when there are none. */
export function usualAround(sessions: readonly DaySize[], at: number): Usual | undefined {
  const before = sessions.slice(Math.max(at - WINDOW, 0), at)
  const around = [...before, ...sessions.slice(at + 1, at + 1 + WINDOW - before.length)]
  const [rowCount, unknown] = [median(around.map((day) => day.rowCount)), median(around.map(unknownShare))]
  return rowCount === undefined || unknown === undefined ? undefined : { rowCount, unknown }
}

/** Where a value stands, or belongs, among values in order. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const at = (low + high) >>> 1
    if (sorted[at]! < value) low = at + 1
    else high = at
  }
  return low
}

/** The medians of the values before each, from the place on at which so many are before it. */
function medianBefore(values: readonly number[]): (number | undefined)[] {
  const sorted = values.slice(0, WINDOW).toSorted((a, b) => a - b)
  const medians: (number | undefined)[] = []
  for (let at = WINDOW; at < values.length; at++) {
    medians[at] = middle(sorted)
    sorted.splice(placeOf(sorted, values[at - WINDOW]!), 1)
    sorted.splice(placeOf(sorted, values[at]!), 0, values[at]!)
  }
  return medians
}

/** What is usual around each of the loaded sessions: of twenty years of them each needs but one new neighbour put in its place among those of the last. */
export function usualAroundEach(sessions: readonly DaySize[]): (Usual | undefined)[] {
  const [rowCounts, unknowns] = [medianBefore(sessions.map((day) => day.rowCount)), medianBefore(sessions.map(unknownShare))]
  return sessions.map((_, at) => (at < WINDOW ? usualAround(sessions, at) : { rowCount: rowCounts[at]!, unknown: unknowns[at]! }))
}

/** A date's bars in percent of what is usual; null where there is nothing to compare with. */
export function coverage(rowCount: number, usual: Usual | undefined): number | null {
  return usual === undefined || usual.rowCount === 0 ? null : (100 * rowCount) / usual.rowCount
}
