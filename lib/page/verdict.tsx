import type { Summary } from './parts.js'
import { counted, countText, spanText, words } from './panels/parts/formats.js'
import { Copied } from './panels/parts/small.js'
import { closed, hrefOf, type Place } from './place.js'
import { barsText, barTimeText, rangeText } from './words.js'

type Attention = Summary['attention'][number]
type Tone = 'good' | 'warn' | 'bad' | 'quiet'

const TONES: Readonly<Record<Summary['verdict']['state'], Tone>> = { current: 'good', attention: 'warn', stale: 'bad', empty: 'quiet' }

/** A tick, an exclamation mark, a cross, a dash: each in a shape of its own. */
const SIGNS: Readonly<Record<Tone, { shape: string; sign: string }>> = {
  good: { shape: 'M16 1a15 15 0 1 1-.01 0z', sign: 'M9 16.5l5 5 9.5-10.5' },
  warn: { shape: 'M16 2l15 27h-30z', sign: 'M16 12v8m0 3.4v1.8' },
  bad: { shape: 'M10 1.5h12l8.5 8.5v12l-8.5 8.5h-12l-8.5-8.5v-12z', sign: 'M10.5 10.5l11 11m0-11l-11 11' },
  quiet: { shape: 'M16 1a15 15 0 1 1-.01 0z', sign: 'M9.5 16h13' },
}

/** How many lines of attention are in sight at once. */
const IN_SIGHT = 4

/** Whole minutes, in milliseconds. */
function minutesSince(instant: string, now: () => Date): number {
  return Math.floor((now().getTime() - Date.parse(instant)) / 60_000) * 60_000
}

function AttentionLine({ line, summary, place }: { line: Attention; summary: Summary; place: Place }) {
  const { dataset, kind, finding, start, end, dates, what, command } = line
  const interval = summary.datasets.find((whole) => whole.dataset === dataset)?.interval
  return (
    <li class={finding ? 'todo todo-look' : 'todo'}>
      <span class="todo-what">
        <a href={hrefOf({ ...closed(place), dataset, date: start as Place['date'] })}>{rangeText(start, end)}</a>
        {dates > 1 && ` (${counted(dates, 'session')})`} · {interval ? barsText(interval).toLowerCase() : dataset} · {what.startsWith(words(kind)) || kind === 'refused' ? what : `${words(kind)}: ${what}`}
      </span>
      <Copied text={command} label="the command" />
    </li>
  )
}

/** What somebody does who has nothing yet. */
function FirstSteps({ summary: { assets } }: { summary: Summary }) {
  return (
    <ol class="steps">
      {assets.every(({ symbol_id: id }) => id === null) && <li>Tell which securities there are: <Copied text="ohlcv universe import nasdaqlisted.txt" label="the command" /></li>}
      <li>Load the last sessions, and they stand here: <Copied text="ohlcv load --days 252" label="the command" /></li>
    </ol>
  )
}

/** Whether all is well, in a sentence, and what to do where it is not. */
export function Verdict({ summary, place, isKnown, now }: { summary: Summary; place: Place; isKnown: boolean; now: () => Date }) {
  const { verdict, attention, attention_left_out: leftOut, checker, alerts } = summary
  // A page that stays green while nothing checks any more would be worse than none.
  const isDead = checker.late && checker.checked_at !== null
  const tone = !isKnown ? 'quiet' : isDead ? 'bad' : TONES[verdict.state]
  const { shape, sign } = SIGNS[tone]
  const line = (one: Attention) => <AttentionLine key={`${one.dataset} ${one.kind} ${one.start}`} line={one} summary={summary} place={place} />
  return (
    <section class={`verdict verdict-${tone}`} aria-labelledby="verdict-title">
      <svg class="verdict-sign" viewBox="0 0 32 32" aria-hidden="true"><path class="shape" d={shape} /><path class="sign" d={sign} /></svg>
      <div class="verdict-body">
        <h1 id="verdict-title"><span>{!isKnown && <span class="last-known">Last known: </span>}{isDead ? `Nothing has checked for ${spanText(minutesSince(checker.checked_at!, now))}` : verdict.text}</span></h1>
        {isDead && (
          <p class="checker-late">
            The last check was at {barTimeText(checker.checked_at!)} UTC. <b>{verdict.text}</b> is what is known without it, and may no longer be all: see whether the job that checks still runs.
          </p>
        )}
        {verdict.state === 'empty' && <FirstSteps summary={summary} />}
        {alerts.open > 0 && <p><a href={hrefOf({ ...closed(place), view: 'alerts' })}>{counted(alerts.open, 'open alert')}</a></p>}
        {attention.length > 0 && verdict.state !== 'empty' && (
          <>
            <h2 class="todo-title">{attention.some(({ finding }) => !finding) ? 'What to do' : 'Worth a look'}</h2>
            <ul class="todos">{attention.slice(0, IN_SIGHT).map(line)}</ul>
            {attention.length > IN_SIGHT && <details class="todo-more"><summary>{counted(attention.length - IN_SIGHT, 'more')}</summary><ul class="todos">{attention.slice(IN_SIGHT).map(line)}</ul></details>}
            {leftOut > 0 && <p class="dim">and {countText(leftOut)} more, which <code>ohlcv status</code> lists</p>}
          </>
        )}
      </div>
    </section>
  )
}
