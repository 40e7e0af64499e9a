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

const HEAD = [
  'asset', 'name', 'type', 'interval', 'first', 'latest', 'sessions', 'expected', 'coverage', 'gap_sessions', 'gaps', 'lag_minutes', 'stale', 'quality', 'provider', 'vendor_state', 'checksum_date', 'checksum', 'last_alert', 'last_alert_opened_at', 'last_alert_cleared_at',
]

/** Assets as rows, the header first. */
export function assetRows(assets: readonly Asset[]): (string | number | null)[][] {
  return [HEAD, ...assets.map((one) => [
    one.asset, one.name, one.type, one.interval, one.first, one.latest, one.sessions, one.expected, one.coverage, one.gap_sessions, one.gaps, one.lag_minutes, String(one.stale), one.quality,
    one.vendor?.provider ?? null, one.vendor?.state ?? null, one.checksum?.date ?? null, one.checksum?.value ?? null, one.last_alert?.summary ?? null, one.last_alert?.opened_at ?? null, one.last_alert?.cleared_at ?? null,
  ])]
}
