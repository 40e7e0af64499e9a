import type { ComponentChildren } from 'preact'
import { hrefOf, type Place } from '../../place.js'

/** A link to another place of the page; which one, from where one is. */
export function Goto({ from, to, current = false, label, children }: { from: Place; to: Partial<Place>; current?: boolean; label?: string; children: ComponentChildren }) {
  const place: Place = { ...from, path: '/', date: null, asset: null, interval: null, view: null, run: null, alert: null, ...to }
  return <a href={hrefOf(place)} aria-label={label} aria-current={current ? 'page' : undefined}>{children}</a>
}
