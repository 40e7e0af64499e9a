import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { instantText, words } from './formats.js'

/** How something stands, in a word; its mark says the same without colour. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'live'

const MARKS: Readonly<Record<Tone, string>> = { good: '✓', warn: '!', bad: '✕', quiet: '–', live: '▸' }

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge badge-${tone}`}><span aria-hidden="true">{MARKS[tone]} </span>{children}</span>
}

/** The tones of outcomes, states of dates, runs and mendings. */
const TONES: Readonly<Record<string, Tone>> = {
  loaded: 'good', unchanged: 'good', succeeded: 'good', done: 'good', stored: 'good', resolved: 'good', ok: 'good', explained: 'good',
  stale: 'warn', thin: 'warn', partial: 'warn', not_loaded: 'warn', locked: 'warn', interrupted: 'warn', rate_limited: 'warn', open: 'warn',
  missing: 'bad', failed: 'bad', rejected: 'bad', forbidden: 'bad', source_failed: 'bad', db_failed: 'bad', died: 'bad', unavailable: 'bad',
  running: 'live',
}

/** A word of the ledger as a badge, with the code of why it is so where there is one. */
export function State({ of, code = null }: { of: string; code?: string | null }) {
  return <><Badge tone={TONES[of] ?? 'quiet'}>{words(of)}</Badge>{code !== null && <><br /><small>{code}</small></>}</>
}

/** An instant, in UTC. */
export function Instant({ at }: { at: string | null }) {
  return at === null ? <>–</> : <time dateTime={at}>{instantText(at)}</time>
}

/** Names and what they are. @param brief leaves out what there is not */
export function Facts({ of, brief = false }: { of: readonly (readonly [name: string, value: ComponentChildren])[]; brief?: boolean }) {
  return <dl class="facts">{of.map(([name, value]) => (!brief || value !== null) && <div key={name}><dt>{name}</dt><dd>{value ?? '–'}</dd></div>)}</dl>
}

/** A part of a panel. */
export function Part({ title, tools, children }: { title: string; tools?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="part">
      <div class="part-head"><h3>{title}</h3>{tools}</div>
      {children}
    </section>
  )
}

/** Text to be copied: a command, a checksum. A line of it ends between two words, never with the `--` of a flag. */
export function Copied({ text, shown = text, label }: { text: string; shown?: string; label: string }) {
  const place = useRef<HTMLElement>(null)
  const [state, setState] = useState<'shown' | 'copied' | 'chosen'>('shown')
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setState('copied')
  }
  // Browsers give the clipboard to pages of https and of this machine only: elsewhere it is chosen, whole, for who copies it themselves.
  useEffect(() => { if (state === 'chosen') getSelection()?.selectAllChildren(place.current!) }, [state])
  return (
    <span class="copied">
      <code ref={place} title={shown === text ? undefined : text}>{(state === 'chosen' ? text : shown).split(' ').flatMap((word) => [' ', <span key={word}>{word}</span>])}</code>
      <button type="button" class="small" aria-label={`Copy ${label}`} onClick={() => { copy().catch(() => setState('chosen')) }}>{state === 'copied' ? 'Copied' : state === 'chosen' ? 'Press Ctrl+C' : 'Copy'}</button>
    </span>
  )
}

/** Names in a row, of many the first ones; all of them when asked for. */
export function Names({ of, first = 40 }: { of: readonly string[]; first?: number }) {
  const [all, setAll] = useState(false)
  const shown = all ? of : of.slice(0, first)
  return (
    <p class="names">
      {shown.map((name) => <span key={name} class="name">{name}</span>)}
      {shown.length < of.length && <button type="button" class="small" onClick={() => setAll(true)}>{of.length - shown.length} more</button>}
    </p>
  )
}
