import { addDays, dayNumber, isoDate, weekday, type IsoDate } from '../../domain/dates.js'
import type { Summary } from '../parts.js'

// How the letters of a calendar become cells: a year is a column a week and a row a weekday, as calendars on walls are.

type Calendar = NonNullable<Summary['datasets'][number]['calendar']>
/** The letter of a date's state. */
export type Letter = keyof Summary['letters']

/** The letters that there are, the usual first. */
export const LETTERS = ['L', 'l', 't', 's', 'M', 'F', 'n', 'p', 'h'] as const satisfies readonly Letter[]

/** What each letter says. */
export const MEANINGS: Readonly<Record<Letter, string>> = {
  L: 'loaded', l: 'loaded, fewer bars than usual', t: 'loaded, but thin', s: 'loaded, but stale', M: 'missing', F: 'failed', n: 'not loaded', p: 'not published yet', h: 'holiday',
}

/** A year of a calendar: its letters from the first of January on, a letter a date; a blank where there is nothing to say. */
export interface Year {
  year: number
  states: string
}

/** The years of a calendar, the latest first. */
export function yearsOf({ start, states }: Calendar): Year[] {
  const first = dayNumber(isoDate(start))
  const end = addDays(isoDate(start), Math.max(0, states.length - 1))
  const years: Year[] = []
  for (let year = Number(end.slice(0, 4)); year >= Number(start.slice(0, 4)); year--) {
    const [begin, next] = [dayNumber(isoDate(`${year}-01-01`)) - first, dayNumber(isoDate(`${year + 1}-01-01`)) - first]
    years.push({ year, states: ' '.repeat(Math.max(0, -begin)) + states.slice(Math.max(0, begin), next) })
  }
  return years
}

/** The date of a year's letter. */
export function dateAt({ year }: Year, index: number): IsoDate {
  return addDays(isoDate(`${year}-01-01`), index)
}

/** The letter of a date; undefined: there is nothing to say of it. */
export function letterAt(states: string, index: number): Letter | undefined {
  return LETTERS.find((letter) => letter === states[index])
}

/** Weekday of the first of January: 0 Monday to 6 Sunday. */
function offsetOf(year: number): number {
  return (weekday(isoDate(`${year}-01-01`)) + 6) % 7
}

/** Where a letter stands: column and row. */
export function cellOf({ year }: Year, index: number): { column: number; row: number } {
  const at = index + offsetOf(year)
  return { column: Math.floor(at / 7), row: at % 7 }
}

/** The letter that stands somewhere; undefined: none does. */
export function indexAt({ year, states }: Year, column: number, row: number): number | undefined {
  const index = column * 7 + row - offsetOf(year)
  return states[index] === undefined || states[index] === ' ' ? undefined : index
}

/** Rows that a year takes: weekends only where something is told of one. */
export function rowsOf(years: readonly Year[]): number {
  return years.some((year) => year.states.split('').some((state, index) => state !== ' ' && cellOf(year, index).row > 4)) ? 7 : 5
}

/** Units of a cell with the space after it. */
export const CELL = 10
const SIDE = 9

/** What a cell of each letter looks like: where from its corner it begins, and its outline; those of the others fill it, and neighbours in a week are one. */
const SHAPES: Partial<Record<Letter, readonly [from: string, outline: string]>> = {
  l: ['m0 3', `h${SIDE}v6h-${SIDE}z`],
  t: ['m0 6', `h${SIDE}v3h-${SIDE}z`],
  p: ['m1 1', 'h7v7h-7z'],
  h: ['m3.5 3.5', 'h2v2h-2z'],
}

/** The cells of a year with this letter as one path; empty: there are none. */
export function pathOf(year: Year, letter: Letter): string {
  const { states } = year
  let path = ''
  let before = { x: 0, y: 0 }
  for (let index = states.indexOf(letter); index !== -1; index = states.indexOf(letter, index + 1)) {
    const { column, row } = cellOf(year, index)
    const corner = { x: column * CELL, y: row * CELL }
    const first = index
    while (!SHAPES[letter] && states[index + 1] === letter && cellOf(year, index + 1).column === column) index++
    const [from, outline] = SHAPES[letter] ?? ['', `h${SIDE}v${(index - first) * CELL + SIDE}h-${SIDE}z`]
    // An outline that is closed ends where it began. Steps from one to the next are the same ones again and again, and so cost next to nothing on the wire.
    path += (path === '' ? `M${corner.x} ${corner.y}${from}` : `m${corner.x - before.x} ${corner.y - before.y}`) + outline
    before = corner
  }
  return path
}

/** Marks within cells, for eyes and printers that tell no colours apart. */
const MARKS: Partial<Record<Letter, string>> = { F: 'm2.5 2.5l4 4m0-4l-4 4', M: 'm2.5 4.5h4', s: 'm2 7l5-5' }

/** The marks of a year's cells with this letter as one path of strokes; empty: it has none. */
export function marksOf(year: Year, letter: Letter): string {
  const mark = MARKS[letter]
  if (!mark) return ''
  const parts: string[] = []
  for (let index = year.states.indexOf(letter); index !== -1; index = year.states.indexOf(letter, index + 1)) {
    const { column, row } = cellOf(year, index)
    parts.push(`M${column * CELL} ${row * CELL}${mark}`)
  }
  return parts.join('')
}

/** How many dates of each letter there are. */
export function countsOf(states: string): Record<Letter, number> {
  const counts: Record<Letter, number> = { L: 0, l: 0, t: 0, s: 0, M: 0, F: 0, n: 0, p: 0, h: 0 }
  for (const state of states.split('')) if (state in counts) counts[state as Letter]++
  return counts
}
