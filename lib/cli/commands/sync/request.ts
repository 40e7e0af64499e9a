import type { ChosenDates } from '../../../calendar/chosen-dates.js'
import { UsageError } from '../../../domain/errors.js'
import { readSymbolsSyncRequest, readSyncRequest, type LoadOfDates, type SymbolsSyncRequest, type SyncRequest } from '../../../routines/sync/request.js'
import type { ArgsOf } from '../../framework/command.js'
import type { Settings } from '../../framework/settings.js'
import { chosenDates, DATES_FLAGS } from '../../flags/dates.js'
import { readSymbols } from '../../flags/symbols.js'
import { thresholdsOf } from '../../framework/thresholds.js'
import { costsOf } from '../load/request.js'

/** So many calendar days are looked at where it is not said. */
const USUAL_DAYS = 7

const { start, end } = DATES_FLAGS

/** The flags of a sync. */
export const SYNC_FLAGS = {
  days: { type: 'string', requiresArg: true, describe: `the last N calendar days up to the latest session that has closed (default ${USUAL_DAYS})` },
  symbol: { type: 'string', requiresArg: true, describe: 'one symbol, or several separated by commas: their daily bars of --start to --end by providers, checked and shown' },
  start,
  end,
  'no-fetch': { type: 'boolean', default: false, describe: 'ask no provider for sessions that have no day file' },
  'no-fill': { type: 'boolean', default: false, describe: 'count gaps, and fill none' },
  'dry-run': { type: 'boolean', default: false, describe: 'read the day files and tell what there is to do, but ask no provider and write nothing' },
} as const

export type SyncFlags = ArgsOf<typeof SYNC_FLAGS>

function daysOf(text: string | undefined): number {
  if (text === undefined) return USUAL_DAYS
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 366) return Number(text)
  throw new UsageError('DAYS_INVALID', `--days must be a whole number from 1 to 366, not ${JSON.stringify(text)}`)
}

/** What the command line asks for where it names no symbol. @throws UsageError */
export function requestOf(flags: Omit<SyncFlags, 'symbol'>, settings: Settings): SyncRequest {
  if (flags.start !== undefined || flags.end !== undefined) {
    throw new UsageError('SYNC_DATES', '--start and --end go with --symbol', { hint: 'give --days N, or load a range: ohlcv load --start D --end D' })
  }
  const { source } = settings
  const { publication, ...costs } = costsOf(settings)
  const load: LoadOfDates | null = source === undefined ? null : { source: { uri: source }, ...costs }
  return readSyncRequest({
    days: daysOf(flags.days), load, publication, fetch: !flags['no-fetch'], fill: !flags['no-fill'], dry_run: flags['dry-run'], lanes: settings.fetchLanes, thresholds: thresholdsOf(settings),
    usual_percent: settings.usuallyTrades,
  })
}

/** What it asks for where it names symbols. @throws UsageError */
export function symbolsRequestOf(flags: SyncFlags & { symbol: string }, settings: Settings): SymbolsSyncRequest {
  if (flags.days !== undefined || flags['no-fetch'] || flags['no-fill']) {
    throw new UsageError('SYNC_SYMBOL', '--symbol asks providers for a range: it goes with --start and --end, and with none of --days, --no-fetch and --no-fill')
  }
  const dates = chosenDates({ start: flags.start, end: flags.end, days: undefined, date: undefined })
  const symbols = readSymbols(flags.symbol, 'leave --symbol out: a sync of the last days takes the whole universe', 'symbol')
  return symbolsSyncOf({ symbols, dates, dry_run: flags['dry-run'] }, settings)
}

/** A sync of some symbols of which the settings say what it may cost. @throws UsageError */
export function symbolsSyncOf(request: { symbols: string[]; dates: ChosenDates; dry_run?: boolean }, settings: Settings): SymbolsSyncRequest {
  const { publication } = costsOf(settings)
  return readSymbolsSyncRequest({ ...request, lanes: settings.fetchLanes, thresholds: thresholdsOf(settings), publication, minimum: settings.minDataQuality })
}
