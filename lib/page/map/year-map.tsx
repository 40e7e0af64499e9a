import type { IsoDate } from '../../domain/dates.js'
import { CELL, countsOf, dateAt, indexAt, LETTERS, marksOf, MEANINGS, pathOf, type Year } from './cells.js'

const COLUMNS = 54
const MONTHS = 12

/** A year in words: `2026: 220 loaded, 1 missing`. */
function yearText({ year, states }: Year): string {
  const counts = countsOf(states)
  const told = LETTERS.filter((letter) => counts[letter] > 0).map((letter) => `${counts[letter]} ${MEANINGS[letter]}`)
  return `${year}: ${told.length === 0 ? 'nothing to tell' : told.join(', ')}`
}

/** Lines between the days of a week: cells that fill are drawn as one, and parted by these. */
function gridOf(rows: number): string {
  return Array.from({ length: rows - 1 }, (_, row) => `M0 ${row * CELL + 9.5}h${COLUMNS * CELL}`).join('')
}

/** First weeks of quarters, as far as a mark needs to be exact. */
const QUARTERS = Array.from({ length: MONTHS / 3 - 1 }, (_, quarter) => `M${Math.round(((quarter + 1) * 365) / 28) * CELL - 0.5} -3v2`).join('')

interface YearMapProps {
  rows: number
  year: number
  states: string
  /** Told of the date that is pointed at, and of the one that is chosen. */
  onPoint: (date: IsoDate | null) => void
  onChoose: (date: IsoDate) => void
}

/** A year as a small calendar: a column a week, a row a weekday, one path a state. */
export function YearMap({ year, states, rows, onPoint, onChoose }: YearMapProps) {
  const shown: Year = { year, states }
  const dateOf = ({ currentTarget, clientX, clientY }: { currentTarget: SVGSVGElement; clientX: number; clientY: number }): IsoDate | null => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    const column = Math.floor(((clientX - left) / width) * COLUMNS)
    const row = Math.floor((((clientY - top) / height) * (rows * CELL + 3) - 3) / CELL)
    const index = indexAt(shown, column, row)
    return index === undefined ? null : dateAt(shown, index)
  }
  return (
    <svg
      class="year-map" viewBox={`0 -3 ${COLUMNS * CELL} ${rows * CELL + 3}`} role="img" aria-label={yearText(shown)}
      onPointerMove={(event) => onPoint(dateOf(event))} onPointerLeave={() => onPoint(null)}
      onClick={(event) => {
        const date = dateOf(event)
        if (date !== null) onChoose(date)
      }}
    >
      <path class="ticks" d={QUARTERS} />
      {LETTERS.map((letter) => {
        const d = pathOf(shown, letter)
        return d === '' ? null : <path key={letter} class={`day-${letter}`} d={d} fill={letter === 'n' ? 'url(#hatch)' : undefined} />
      })}
      <path class="grid" d={gridOf(rows)} />
      {LETTERS.map((letter) => {
        const d = marksOf(shown, letter)
        return d === '' ? null : <path key={letter} class="marks" d={d} />
      })}
    </svg>
  )
}
