import type { IdentityChange } from '../../universe/apply.js'
import { figure } from './table.js'

/** `1 bar`, `12,345 bars`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`
}

/** A few of many: `A, B, C and 7 more`. */
export function few(items: readonly string[], most = 5): string {
  return items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${figure(items.length - most)} more`
}

/** What an identity change did to stored bars, line by line; nothing where it did nothing. */
export function identityLines({ barsMoved, barsRemoved, dates, staleDates }: IdentityChange): string[] {
  const lines: string[] = []
  if (barsMoved > 0) lines.push(`${counted(barsMoved, 'bar')} moved to the security their symbol names now`)
  if (barsRemoved > 0) lines.push(`${counted(barsRemoved, 'bar')} removed, because their symbol names no security on their date (kept in \`ohlcv revisions\`)`)
  if (barsMoved + barsRemoved > 0) lines.push(`${counted(dates, 'loaded date')} touched, counts and checksums brought up to date`)
  if (staleDates > 0) lines.push(`${counted(staleDates, 'loaded date')} held rows of symbols that are known now: the next \`ohlcv load\` of them reads them again`)
  return lines
}

/** The same for programs. */
export function identityJson(change: IdentityChange): Record<string, unknown> {
  return {
    identity_changes: change.changed.length,
    bars_moved: change.barsMoved,
    bars_removed: change.barsRemoved,
    dates_touched: change.dates,
    dates_stale: change.staleDates,
  }
}
