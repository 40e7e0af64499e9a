import { useCallback, useMemo, useState } from 'preact/hooks'
import { dayNumber, isIsoDate, isoDate, type IsoDate } from '../../domain/dates.js'
import { ExportButtons } from '../export.js'
import { useActs, type Summary } from '../parts.js'
import { counted, weekday } from '../panels/parts/formats.js'
import { closed, hrefOf, type Place } from '../place.js'
import { barsText } from '../words.js'
import { countsOf, letterAt, MEANINGS, rowsOf, yearsOf, type Year } from './cells.js'
import { Legend, Patterns } from './legend.js'
import { Months } from './months.js'
import { YearMap } from './year-map.js'

type Whole = Summary['datasets'][number]

/** What is known of a date: `Tuesday 2026-11-17: failed`. */
function dateText(date: IsoDate, { calendar }: Whole): string {
  const letter = calendar ? letterAt(calendar.states, dayNumber(date) - dayNumber(isoDate(calendar.start))) : undefined
  return `${weekday(date)} ${date}: ${letter === undefined ? 'nothing to say of it' : MEANINGS[letter]}`
}

/** Links to the datasets, where there are several with dates. */
function Datasets({ all, shown, place }: { all: readonly Whole[]; shown: Whole; place: Place }) {
  if (all.length < 2) return null
  return (
    <nav class="tabs" aria-label="Kind of bars">
      {all.map(({ dataset, interval }) => (
        <a key={dataset} href={hrefOf({ ...place, dataset: dataset === all[0]!.dataset ? null : dataset, year: null })} aria-current={dataset === shown.dataset ? 'true' : undefined}>{barsText(interval)}</a>
      ))}
    </nav>
  )
}

function YearLinks({ years, year, place }: { years: readonly Year[]; year: Year; place: Place }) {
  const to = (step: number): number | undefined => years.find((other) => other.year === year.year + step)?.year
  const link = (to: number | undefined, label: string, sign: string) => (to === undefined ? null : <a href={hrefOf({ ...place, year: to })} aria-label={`${sign} ${to}, ${label}`} title={label}>{sign} {to}</a>)
  return (
    <nav class="year-links" aria-label="Year">
      <a href={hrefOf({ ...place, year: null })}>All years</a>
      {link(to(-1), 'the year before', '←')}
      <b aria-current="true">{year.year}</b>
      {link(to(1), 'the year after', '→')}
    </nav>
  )
}

/** Sessions that are not as they should be. */
function offIn(states: string): number {
  const { M, F, s } = countsOf(states)
  return M + F + s
}

function dateRows(years: readonly Year[]): (string | number)[][] {
  return years.toReversed().flatMap(({ year, states }) => states.split('').flatMap((_, index) => {
    const letter = letterAt(states, index)
    return letter === undefined ? [] : [[new Date(Date.UTC(year, 0, index + 1)).toISOString().slice(0, 10), MEANINGS[letter]]]
  }))
}

/** Every date of a kind of bars: all years small, or one a month each. */
export function HeatMap({ summary, place }: { summary: Summary; place: Place }) {
  const { go } = useActs()
  const [pointed, setPointed] = useState<IsoDate | null>(null)
  const all = summary.datasets.filter(({ calendar }) => calendar !== null)
  const shown = all.find(({ dataset }) => dataset === place.dataset) ?? all[0]
  const years = useMemo(() => (shown?.calendar ? yearsOf(shown.calendar) : []), [shown?.calendar?.start, shown?.calendar?.states])
  const choose = useCallback((date: IsoDate) => go({ date }), [go])
  // The very same elements as before, so that nothing of them is looked at when a date is only pointed at.
  const maps = useMemo(() => {
    const rows = rowsOf(years)
    return years.map(({ year, states }) => ({ year, off: offIn(states), map: <YearMap year={year} states={states} rows={rows} onPoint={setPointed} onChoose={choose} /> }))
  }, [years, choose])
  if (!shown?.calendar) return null
  // One year alone is too little to look at from afar.
  const zoomed = years.find(({ year }) => year === place.year) ?? (years.length === 1 ? years[0] : undefined)
  const seen = zoomed ? [zoomed] : years
  return (
    <section class="card" aria-labelledby="map-title">
      <div class="card-head">
        <h2 id="map-title">Sessions</h2>
        <Datasets all={all} shown={shown} place={place} />
        <label class="jump">
          <span>Go to date</span>
          <input
            type="date" min={shown.calendar.start} max={summary.as_of.slice(0, 10)} value={place.date ?? ''}
            onKeyDown={({ key, currentTarget }) => { if (key === 'Enter' && isIsoDate(currentTarget.value)) choose(currentTarget.value) }}
          />
        </label>
        <ExportButtons what="dates" name={`dates-${shown.interval}`} rows={() => [['date', 'state'], ...dateRows(seen)]} />
      </div>
      <Patterns />
      <Legend states={seen.map(({ states }) => states).join('')} />
      {zoomed
        ? <>{years.length > 1 && <YearLinks years={years} year={zoomed} place={place} />}<Months year={zoomed} place={place} /></>
        : (
          <div class="years">
            {maps.map(({ year, off, map }) => (
              <figure key={year} class="year">
                <figcaption><a href={hrefOf({ ...closed(place), year })} aria-label={`${year}, a month each`}>{year}</a>{off > 0 && <span class="off" title={`${counted(off, 'session')} missing, failed or stale`}>! {off}</span>}</figcaption>
                {map}
              </figure>
            ))}
          </div>
          )}
      <p class="readout" aria-hidden="true">{pointed ? dateText(pointed, shown) : zoomed ? '\u00a0' : 'A column is a week, a row a weekday. Click a date for its details, a year to see its months.'}</p>
    </section>
  )
}
