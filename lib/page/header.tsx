import type { ComponentChildren } from 'preact'
import type { Access } from './parts.js'
import { spanText } from './panels/parts/formats.js'
import { closed, hrefOf, type Place } from './place.js'
import { barTimeText } from './words.js'

/** How the page stands to the service. */
export interface Link {
  /** `locked`: it wants a token; `gone`: it does not answer, or not with what was asked for. */
  state: 'ok' | 'locked' | 'gone'
  /** Why, in words. */
  reason: string | null
  /** Whether it is being asked. */
  isBusy: boolean
}

/** From when on what was told counts as old although the service answers: it may have lost its database. */
const OLD_MS = 5 * 60_000

/** Whether what is shown is as new as it should be. */
export function isCurrent(link: Link, asOf: string, now: Date): boolean {
  return link.state === 'ok' && now.getTime() - Date.parse(asOf) < OLD_MS
}

function AsOf({ asOf, current }: { asOf: string; current: boolean }) {
  return <span class={current ? 'as-of' : 'as-of as-of-old'}>{current ? 'As of' : 'Data as of'} <time dateTime={asOf}><span class="day-part">{asOf.slice(0, 10)} </span>{asOf.slice(11, 19)}</time> UTC</span>
}

/** What stands above everything: whose page it is, of when, and who looks. */
export function Header({ asOf, isShownCurrent, link, access, demo, place, onRefresh, children }: {
  asOf: string | null
  isShownCurrent: boolean
  link: Link
  access: Access
  demo: boolean
  place: Place
  onRefresh: () => void
  /** Who is signed in, or how to. */
  children: ComponentChildren
}) {
  return (
    <header class="top">
      <a class="brand" href={hrefOf({ ...closed(place), dataset: null, year: null, stale: false, gaps: false, type: null, universe: null, q: '' })}>ohlcv</a>
      {demo && <span class="badge badge-live">demo: made-up data</span>}
      {asOf !== null && <AsOf asOf={asOf} current={isShownCurrent} />}
      <button type="button" class="refresh" onClick={onRefresh} aria-busy={link.isBusy}>Refresh</button>
      <nav class="top-links" aria-label="More">
        {access.access === 'admin' && <a href="/admin/historical-data">Load data</a>}
        {access.access === 'admin' && <a href={hrefOf({ ...closed(place), view: 'actions' })}>Actions</a>}
        <a href="/api/docs">API</a>
      </nav>
      {children}
    </header>
  )
}

/** Says that what is shown is old, above all that it is: over the page, so that nothing moves. */
export function OldNotice({ link, asOf, now }: { link: Link; asOf: string; now: Date }) {
  const age = spanText(Math.floor(Math.max(0, now.getTime() - Date.parse(asOf)) / 60_000) * 60_000)
  const why = link.state === 'ok' ? 'The service cannot read its database at the moment' : `The service does not answer${link.reason === null ? '' : ` (${link.reason})`}`
  return (
    <div class="old-notice" role="alert">
      <b>{why}.</b> Data as of {barTimeText(asOf)} UTC{age === '0 s' ? '' : `, ${age} old`}. It is asked again by itself.
    </div>
  )
}
