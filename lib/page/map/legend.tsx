import { countText } from '../panels/parts/formats.js'
import { CELL, countsOf, LETTERS, marksOf, MEANINGS, pathOf, type Letter, type Year } from './cells.js'

/** A year that begins on a Monday: its first letter stands in the corner. */
const corner = (letter: Letter): Year => ({ year: 2018, states: letter })

/** What cells fill themselves with where colour alone would not do. */
export function Patterns() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0v3" /></pattern>
      </defs>
    </svg>
  )
}

/** What the cells mean, and how many there are of each: what there is none of is left out. */
export function Legend({ states }: { states: string }) {
  const counts = countsOf(states)
  return (
    <ul class="legend">
      {LETTERS.filter((letter) => counts[letter] > 0).map((letter) => (
        <li key={letter}>
          <svg class="swatch" viewBox={`0 0 ${CELL - 1} ${CELL - 1}`} aria-hidden="true">
            <path class={`day-${letter}`} d={pathOf(corner(letter), letter)} fill={letter === 'n' ? 'url(#hatch)' : undefined} />
            <path class="marks" d={marksOf(corner(letter), letter)} />
          </svg>
          {MEANINGS[letter]} <b>{countText(counts[letter])}</b>
        </li>
      ))}
    </ul>
  )
}
