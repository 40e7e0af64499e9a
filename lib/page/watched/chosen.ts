import type { Summary } from '../parts.js'
import type { Place } from '../place.js'

// Which of the assets are shown, and what of them goes into a file.

export type Asset = Summary['assets'][number]

/** The assets that the filters leave, in their order. */
export function chosenAssets(assets: readonly Asset[], { stale, gaps, type, q }: Pick<Place, 'stale' | 'gaps' | 'type' | 'q'>): Asset[] {
  const wanted = q.toLowerCase()
  return assets.filter((one) => (!stale || one.stale) && (!gaps || one.gap_sessions > 0) && (type === null || one.type === type)
    && (one.asset.toLowerCase().includes(wanted) || (one.name ?? '').toLowerCase().includes(wanted)))
}

/** The kinds of securities among them. */
export function typesOf(assets: readonly Asset[]): string[] {
  return [...new Set(assets.flatMap(({ type }) => type ?? []))].toSorted()
}

/** What of an asset goes into a file as it is; and what is made of the rest of it. */
const PLAIN = ['asset', 'name', 'type', 'interval', 'first', 'latest', 'sessions', 'expected', 'coverage', 'gap_sessions', 'gaps', 'lag_minutes', 'stale', 'quality'] as const
const MADE = ['provider', 'vendor_state', 'checksum_date', 'checksum', 'last_alert', 'last_alert_opened_at', 'last_alert_cleared_at'] as const

/** Assets as rows, the header first. */
export function assetRows(assets: readonly Asset[]): (string | number | null)[][] {
  return [[...PLAIN, ...MADE], ...assets.map((one) => {
    const { vendor, checksum, last_alert: alert } = one
    return [...PLAIN.map((name) => (name === 'stale' ? String(one.stale) : one[name])), ...[vendor?.provider, vendor?.state, checksum?.date, checksum?.value, alert?.summary, alert?.opened_at, alert?.cleared_at].map((made) => made ?? null)]
  })]
}
