import { UsageError } from '../../../domain/errors.js'
import { readFetchRequest, type FetchRequest, type FetchRequestInput } from '../../../features/fetch/request.js'
import { readSymbolsFile } from '../../../features/fetch/symbols-file.js'
import type { ArgsOf } from '../../framework/command.js'
import type { Settings } from '../../framework/settings.js'
import { chosenDates, DATES_FLAGS } from '../../flags/dates.js'
import { listOf, readSymbolsOrAll } from '../../flags/symbols.js'

const { start, end } = DATES_FLAGS

/** The flags of a fetch. */
export const FETCH_FLAGS = {
  symbols: { type: 'string', requiresArg: true, describe: 'symbols, separated by commas, or "all": every active security' },
  universe: { type: 'string', requiresArg: true, describe: 'every active security: all, or those of a type as `ohlcv universe list` shows them, for instance ETF' },
  file: { type: 'string', requiresArg: true, describe: 'a file of symbols: one a line, or a CSV with a column symbol or ticker' },
  timespan: { type: 'string', requiresArg: true, describe: 'which bars, separated by commas: hour, day, week, month (these by default) or minute' },
  start,
  end,
  days: { type: 'string', requiresArg: true, describe: 'the last N calendar days up to the latest session that has closed; up to five of them are sessions' },
  years: { type: 'string', requiresArg: true, describe: 'the last years, for instance 5 or 0.005479 (two days)' },
  grouped: { type: 'boolean', default: false, describe: 'daily bars of all symbols by one request a date, where no day file has been loaded' },
  provider: { type: 'string', requiresArg: true, describe: 'ask this one and nobody else; without it one is chosen for each symbol; see ohlcv providers' },
  'dry-run': { type: 'boolean', default: false, describe: 'tell how many requests it takes, what of the limits and how long, and ask for nothing' },
  job: { type: 'string', requiresArg: true, describe: 'what the job is to be called (letters, digits, . _ -)' },
  resume: { type: 'string', requiresArg: true, describe: 'go on with a job that was not completed' },
  status: { type: 'string', requiresArg: true, describe: 'show how far a job has come' },
} as const

export type FetchFlags = ArgsOf<typeof FETCH_FLAGS>

/** The dates that the flags choose, one way of three. @throws UsageError */
export function datesOf({ start, end, days, years }: Pick<FetchFlags, 'start' | 'end' | 'days' | 'years'>): FetchRequestInput['dates'] {
  if ([start ?? end, days, years].filter((way) => way !== undefined).length !== 1) {
    throw new UsageError('DATES_UNCLEAR', 'which dates?', { hint: 'choose one way: --start D, with --end D or up to now, or --days N, or --years Y' })
  }
  const number = (flag: string, text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isFinite(value)) return value
    throw new UsageError('DAYS_INVALID', `--${flag} must be a number, not ${JSON.stringify(text)}`)
  }
  if (days !== undefined) return { days: number('days', days) }
  if (years !== undefined) return { years: number('years', years) }
  return chosenDates({ start, end, days: undefined, date: undefined }) as FetchRequestInput['dates']
}

async function symbolsOf({ symbols, universe, file, grouped }: FetchFlags): Promise<FetchRequestInput['symbols']> {
  const ways = [symbols, universe, file].filter((way) => way !== undefined).length
  if (grouped) {
    if (ways === 0) return 'all'
    throw new UsageError('FETCH_GROUPED', '--grouped fetches all symbols of a date: it goes with none of --symbols, --universe and --file')
  }
  if (ways !== 1) {
    throw new UsageError('SYMBOLS_MISSING', ways === 0 ? 'which symbols?' : 'symbols were given in several ways', { hint: 'give --symbols AAPL,MSFT or --symbols all, or --universe ETF, or --file symbols.csv' })
  }
  if (universe !== undefined) return 'all'
  return file === undefined ? readSymbolsOrAll(symbols!) : readSymbolsFile(file)
}

/** What the command line asks for. @throws UsageError */
export async function requestOf(flags: FetchFlags, settings: Settings): Promise<FetchRequest> {
  return readFetchRequest({
    dates: datesOf(flags),
    symbols: await symbolsOf(flags),
    type: flags.universe === 'all' ? null : flags.universe,
    ...(flags.timespan !== undefined && { timespans: listOf(flags.timespan) }),
    grouped: flags.grouped,
    ...(flags.provider !== undefined && { provider: flags.provider }),
    dry_run: flags['dry-run'],
    lanes: settings.fetchLanes,
  })
}
