import { useRef, useState } from 'preact/hooks'
import { addDays, dayNumber, isoDate, weekday, type IsoDate } from '../../domain/dates.js'
import { weekday as weekdayName } from '../panels/parts/formats.js'
import { closed, hrefOf, type Place } from '../place.js'
import { letterAt, MEANINGS, type Letter, type Year } from './cells.js'

const MONTH = new Intl.DateTimeFormat('en-US', { month: 'long', timeZone: 'UTC' })

/** What stands beside the number of a day, so that no state is told by colour alone. */
const SIGNS: Readonly<Record<Letter, string>> = { L: '', l: '◔', t: '◔', s: '~', M: '–', F: '×', n: '?', p: '…', h: '' }

/** What an arrow does: days that it goes. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

interface Day {
  date: IsoDate
  letter: Letter
}

/** The days of a month of which there is something to say. */
function daysOf({ year, states }: Year, month: number): Day[] {
  const first = dayNumber(isoDate(`${year}-01-01`))
  const begin = isoDate(`${year}-${String(month + 1).padStart(2, '0')}-01`)
  return Array.from({ length: 31 }, (_, day) => addDays(begin, day)).filter((date) => date.slice(0, 7) === begin.slice(0, 7)).flatMap((date) => {
    const letter = letterAt(states, dayNumber(date) - first)
    return letter === undefined ? [] : [{ date, letter }]
  })
}

/** The row of a date in the grid of its month, weeks beginning on Monday; and its column. */
function slotOf(date: IsoDate): { row: number; column: number } {
  const first = (weekday(isoDate(`${date.slice(0, 7)}-01`)) + 6) % 7
  return { row: Math.floor((Number(date.slice(8)) - 1 + first) / 7), column: (weekday(date) + 6) % 7 }
}

/** A year, a month each: a link a day. By keyboard the arrows go from day to day, and one stop of the tab key is all. */
export function Months({ year, place }: { year: Year; place: Place }) {
  const grid = useRef<HTMLDivElement>(null)
  const months = Array.from({ length: 12 }, (_, month) => ({ name: MONTH.format(Date.UTC(year.year, month)), days: daysOf(year, month) })).filter(({ days }) => days.length > 0)
  const all = months.flatMap(({ days }) => days)
  const [at, setAt] = useState<IsoDate | null>(null)
  const current = all.find(({ date }) => date === (at ?? place.date)) ?? all.at(-1)
  const wide = all.some(({ date }) => weekday(date) % 6 === 0)
  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (step === undefined || !current) return
    event.preventDefault()
    // The next day that way of which there is something to say.
    let date = addDays(current.date, step)
    while (date.startsWith(String(year.year)) && !all.some((day) => day.date === date)) date = addDays(date, Math.sign(step) * (Math.abs(step) === 7 ? 7 : 1))
    const link = grid.current?.querySelector<HTMLAnchorElement>(`[data-date="${date}"]`)
    if (!link) return
    setAt(date)
    link.focus()
  }
  return (
    <div class="months" ref={grid} onKeyDown={move}>
      {months.map(({ name, days }) => (
        <section key={name} class="month">
          <h3>{name}</h3>
          <ul class={wide ? 'days days-7' : 'days'}>
            {days.map(({ date, letter }) => {
              const { row, column } = slotOf(date)
              return (
                <li key={date} class={`row-${row} column-${column}`}>
                  <a
                    href={hrefOf({ ...closed(place), date })} class={`day cell-${letter}`} data-date={date} tabIndex={date === current?.date ? 0 : -1}
                    aria-label={`${Number(date.slice(8))}, ${weekdayName(date)} ${date}: ${MEANINGS[letter]}`} title={`${date}: ${MEANINGS[letter]}`} onFocus={() => setAt(date)}
                  >
                    {Number(date.slice(8))}<span class="sign" aria-hidden="true">{SIGNS[letter]}</span>
                  </a>
                </li>
              )
            })}
          </ul>
        </section>
      ))}
    </div>
  )
}
