import type { ComponentChildren } from 'preact'
import type { Summary } from './parts.js'
import { countText } from './panels/parts/formats.js'
import { Badge } from './panels/parts/small.js'
import { hrefOf, type Place } from './place.js'
import { barsText, barTimeText, lagText, percentText, scoreText } from './words.js'

type Whole = Summary['datasets'][number]

/** States of dates in the order of a bar's parts, each with the letter whose colour it has. */
const PARTS = [['loaded', 'L'], ['stale', 's'], ['not_loaded', 'n'], ['missing', 'M'], ['failed', 'F']] as const satisfies readonly (readonly [keyof Whole['totals'], string])[]

const WIDTH = 1000
/** What is there at all is seen. */
const LEAST = 6

/** The states of all sessions in proportion. */
function Proportions({ totals }: { totals: Whole['totals'] }) {
  const present = PARTS.filter(([state]) => totals[state] > 0)
  const all = present.reduce((sum, [state]) => sum + totals[state], 0)
  if (all === 0) return null
  const widths = present.map(([state]) => Math.max(LEAST, (totals[state] / all) * WIDTH))
  const whole = widths.reduce((sum, width) => sum + width, 0)
  let x = 0
  const rects = present.map(([state, letter], at) => {
    const width = (widths[at]! / whole) * WIDTH
    x += width
    return <rect key={state} class={`day-${letter}`} fill={letter === 'n' ? 'url(#hatch)' : undefined} x={(x - width).toFixed(1)} width={Math.max(1, width - 2).toFixed(1)} height="8" />
  })
  const told = present.map(([state]) => `${countText(totals[state])} ${state.replace('_', ' ')}`).join(', ')
  return (
    <>
      <svg class="proportions" viewBox={`0 0 ${WIDTH} 8`} preserveAspectRatio="none" aria-hidden="true">{rects}</svg>
      <p class="dim">{told}</p>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>
}

function Dataset({ whole, place, isKnown }: { whole: Whole; place: Place; isKnown: boolean }) {
  const { interval, totals, first_loaded: first, latest_loaded: latest, coverage, lag_minutes: lag, stale, next_due: due, open_findings: findings, quality } = whole
  return (
    <article class="card whole">
      <div class="card-head">
        <h3>{barsText(interval)}</h3>
        {lag === null ? <Badge tone="quiet">nothing loaded</Badge> : !isKnown ? <Badge tone="quiet">not known now</Badge> : stale ? <Badge tone="bad">stale</Badge> : lag > 0 ? <Badge tone="warn">late</Badge> : <Badge tone="good">current</Badge>}
      </div>
      <dl class="facts">
        <Fact name="Latest session">{latest ?? '–'}</Fact>
        <Fact name="Lag">{lagText(lag)}</Fact>
        <Fact name="Coverage">{coverage === null ? '–' : percentText(coverage)}{first && <small> since {first}</small>}</Fact>
        <Fact name="Next due">{due === null ? '–' : <>{due.date}<small> at {barTimeText(due.at).slice(5)} UTC</small></>}</Fact>
        <Fact name="Quality">{quality === null ? '–' : scoreText(quality)}</Fact>
        <Fact name="Open findings">{findings === null ? '–' : findings === 0 ? '0' : <a href={hrefOf({ ...place, view: 'findings' })}>{countText(findings)}</a>}</Fact>
      </dl>
      <Proportions totals={totals} />
    </article>
  )
}

/** How each kind of bars stands as a whole. */
export function Datasets({ summary, place, isKnown }: { summary: Summary; place: Place; isKnown: boolean }) {
  return <section class="wholes" aria-label="Kinds of bars">{summary.datasets.map((whole) => <Dataset key={whole.dataset} whole={whole} place={place} isKnown={isKnown} />)}</section>
}
