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
  const sorted = values.toSorted((a, b) => a - b)
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

/** A date's bars in percent of what is usual; null where there is nothing to compare with. */
export function coverage(rowCount: number, usual: Usual | undefined): number | null {
  return usual === undefined || usual.rowCount === 0 ? null : (100 * rowCount) / usual.rowCount
}
