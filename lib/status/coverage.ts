/** Sessions before a date that its number of bars is held against. */
export const WINDOW = 20

/** The middle of the values, the mean of the two middle ones where there is no single one; undefined without values. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

/** A date's bars in percent of the median of the sessions before it; null where there is none to compare with. */
export function coverage(rowCount: number, before: readonly number[]): number | null {
  const usual = median(before)
  return usual === undefined || usual === 0 ? null : (100 * rowCount) / usual
}
