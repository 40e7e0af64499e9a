import { putDayFile } from '../helpers/load.js'

/** Two sessions in a row. */
export const FIRST = '2025-01-06'
export const SECOND = '2025-01-07'

/** Rows of a small file, and of one that is read in two blocks. */
export const [SMALL, LARGE] = [200, 2500]

export const symbolsOf = (rows: number): string[] => Array.from({ length: rows }, (_, index) => `S${String(index).padStart(4, '0')}`)

/** A version of a date's bars. The second one changes, adds and removes some; both have a reject and an unknown symbol. */
function barsOf(date: string, version: number, rows: number): string[] {
  const day = Number(date.slice(-2))
  const bars = symbolsOf(rows).flatMap((symbol, index) => {
    if (index % (rows / 5) === version) return []
    const price = 10 + day + (version === 2 && index % 7 === 0 ? 1.5 : 0)
    return [`${symbol},${price},${price + 1},${price - 1},${price + 0.25},${index}.${day}5,${index}`]
  })
  return [...bars, `S0005,1,1,${version + 1},1,1,1`, `NOBODY${version},1,1,1,1,1,1`]
}

/** Puts a version of a date's file into a directory source. */
export function putVersion(root: string, date: string, version: number, rows: number): void {
  putDayFile(root, date, barsOf(date, version, rows))
}
