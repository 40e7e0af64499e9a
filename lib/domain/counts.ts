/** No row of a file counted: `read = staged + rejected + unknown + notSelected + duplicates`. */
export const NO_ROWS = { read: 0, staged: 0, rejected: 0, unknown: 0, notSelected: 0, duplicates: 0 }

/** No bar compared with what is stored: `staged = inserted + updated + unchanged`. */
export const NO_CHANGES = { inserted: 0, updated: 0, unchanged: 0, removed: 0 }

/** What became of the rows of a file. */
export type RowCounts = typeof NO_ROWS

/** What a merge made of the bars of a date. */
export type ChangeCounts = typeof NO_CHANGES

/** All that is counted of a file and its merge. */
export type Counts = RowCounts & ChangeCounts

const { read, staged, ...keptOut } = NO_ROWS

/** Nothing counted, in the order in which counts are told: what was read, what became of it, what was kept out. */
export const NO_COUNTS: Readonly<Counts> = { read, staged, ...NO_CHANGES, ...keptOut }

export const COUNT_NAMES = Object.keys(NO_COUNTS) as readonly (keyof Counts)[]

/** Adds counts to others of the same names. */
export function addCounts(sum: Counts, more: Readonly<Counts>): void {
  for (const name of COUNT_NAMES) sum[name] += more[name]
}

/** Counts of the same names added up. @param zero has all of the names */
export function sumOf<T extends Record<keyof T, number>>(zero: Readonly<T>, all: Iterable<Readonly<T>>): T {
  const sum: Record<keyof T, number> = { ...zero }
  for (const counts of all) for (const name of Object.keys(zero) as (keyof T)[]) sum[name] += counts[name]
  return sum as T
}
