import type { IdentityChangeData } from '../../../documents/universe.js'
import type { IdentityChange } from '../../../features/universe/apply.js'
import type { IdentityRequest } from '../../../features/universe/tell.js'
import type { ArgsOf, Context } from '../../framework/command.js'
import { counted } from '../../../documents/figures.js'

/** The flags of a command that changes which security a symbol named. */
export const IDENTITY_FLAGS = {
  accept: { type: 'boolean', describe: 'do it whatever share of a date\'s bars it drops or moves' },
  'dry-run': { type: 'boolean', describe: 'say what would happen, and keep nothing' },
} as const

/** How an identity change is to be done, by {@link IDENTITY_FLAGS} and the settings. */
export function identityRequest(args: ArgsOf<typeof IDENTITY_FLAGS>, { settings }: Context): IdentityRequest {
  return { accept: args.accept === true, dryRun: args['dry-run'] === true, maxRemoved: settings.maxRemoved }
}

/** What an identity change did to stored bars, line by line; nothing where it did nothing. */
export function identityLines({ barsMoved, barsRemoved, fetchedMoved, fetchedRemoved, dates, staleDates, refusal }: IdentityChange, dryRun: boolean): string[] {
  const lines: string[] = []
  if (barsMoved > 0) lines.push(`${counted(barsMoved, 'bar')} moved to the security their symbol names now`)
  if (barsRemoved > 0) lines.push(`${counted(barsRemoved, 'bar')} removed, because their symbol names no security on their date (kept in \`ohlcv revisions\`); the next \`ohlcv load\` of their dates reads them again`)
  if (barsMoved + barsRemoved > 0) lines.push(`${counted(dates, 'loaded date')} touched, counts and sums brought along`)
  if (fetchedMoved > 0) lines.push(`${counted(fetchedMoved, 'fetched bar')} moved along`)
  if (fetchedRemoved > 0) lines.push(`${counted(fetchedRemoved, 'fetched bar')} removed, because their symbol names no security any more`)
  if (staleDates > 0) lines.push(`${counted(staleDates, 'loaded date')} held rows of symbols that are known now: the next \`ohlcv load\` of them reads them again`)
  if (refusal) lines.push(`It would be refused unless --accept is given: ${refusal.message}`)
  if (dryRun) lines.push('Dry run: nothing was kept.')
  return lines
}

/** The same for programs. */
export function identityData(change: IdentityChange): IdentityChangeData {
  return {
    identity_changes: change.changed.length,
    bars_moved: change.barsMoved,
    bars_removed: change.barsRemoved,
    fetched_moved: change.fetchedMoved,
    fetched_removed: change.fetchedRemoved,
    dates_touched: change.dates,
    dates_stale: change.staleDates,
    refusal: change.refusal ? { code: change.refusal.code, message: change.refusal.message } : null,
  }
}
