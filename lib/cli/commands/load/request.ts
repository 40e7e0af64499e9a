import path from 'node:path'
import { isIsoDate, type IsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import { readLoadRequest, type LoadRequest, type LoadRequestInput } from '../../../features/load/request.js'
import type { ArgsOf } from '../../framework/command.js'
import type { Settings } from '../../framework/settings.js'
import { DATASET_FLAG, readDataset } from '../../flags/dataset.js'
import { chosenDates, dateFlag, DATES_FLAGS } from '../../flags/dates.js'
import { readSymbols } from '../../flags/symbols.js'

/** The flags of a load. */
export const LOAD_FLAGS = {
  ...DATES_FLAGS,
  file: { type: 'string', requiresArg: true, describe: 'one local file, or - for stdin; gzipped or not' },
  dataset: DATASET_FLAG,
  symbols: { type: 'string', requiresArg: true, describe: 'only these symbols, separated by commas: an override that makes no date complete' },
  only: { choices: ['unloaded', 'failed', 'incomplete', 'changed'], describe: 'only dates never loaded, whose last attempt failed, that are not whole (either of these, or stale), or whose file has changed' },
  force: { type: 'boolean', describe: 'read files that are known to be unchanged as well' },
  accept: { type: 'boolean', describe: 'take a file whatever share of its rows it rejects or of the stored bars it removes' },
  'trust-ledger': { type: 'boolean', describe: 'do not check the stored rows of unchanged dates' },
  'include-closed': { type: 'boolean', describe: 'load files of days on which the exchange was closed' },
  'dry-run': { type: 'boolean', describe: 'read, filter, validate and compare, but write nothing' },
} as const

export type LoadFlags = ArgsOf<typeof LOAD_FLAGS>

/** A name that gives one or several dates, but not the one it is loaded as, is likelier right than the flag. @throws UsageError */
function checkName(file: string, day: IsoDate): void {
  const dates = (path.basename(file).match(/\d{4}-\d{2}-\d{2}/g) ?? []).filter(isIsoDate)
  if (dates.length === 0 || dates.includes(day)) return
  throw new UsageError('FILE_OF_OTHER_DATE', `${path.basename(file)} is by its name the file of ${dates.join(' or ')}, and --date says ${day}`, {
    hint: `give --date ${dates[0]}; if the name is wrong, send the file to stdin with --file -`,
  })
}

/** The source that the settings name. @throws UsageError SOURCE_MISSING */
export function sourceOfSettings({ source }: Settings): { uri: string } {
  if (source !== undefined) return { uri: source }
  throw new UsageError('SOURCE_MISSING', 'no source of day files is set', {
    hint: 'give --source s3://bucket/prefix or a directory (or set OHLCV_SOURCE), or one file with --file PATH --date D',
  })
}

function sourceOf({ file, date }: LoadFlags, settings: Settings): LoadRequestInput['source'] {
  if (file === undefined) return sourceOfSettings(settings)
  if (date === undefined) throw new UsageError('DATE_MISSING', '--file needs --date: the exchange date of the file')
  checkName(file, dateFlag('date', date))
  return { file }
}

function symbolsOf(flag: string | undefined): string[] | null {
  return flag === undefined ? null : readSymbols(flag, 'leave --symbols out: a load always takes the whole universe')
}

/** What the settings say about every load. */
type FromSettings = 'lanes' | 'date_timeout' | 'thin_below' | 'thresholds' | 'publication' | 'limits'

/** What the settings say that a load may cost. */
export function costsOf(settings: Settings): Pick<LoadRequestInput, FromSettings> {
  return {
    lanes: settings.lanes,
    date_timeout: settings.dateTimeout,
    thin_below: settings.thinBelow,
    thresholds: { max_rejected: settings.maxRejected, max_removed: settings.maxRemoved },
    publication: { published_at: settings.publishedAt, missing_after: settings.missingAfter },
    limits: {
      max_line_bytes: settings.maxLineBytes, max_file_bytes: settings.maxFileBytes, max_file_lines: settings.maxFileLines, max_rejected_rows: settings.maxRejectedRows,
    },
  }
}

/** A request of which the settings say what it may cost. */
export function withSettings(request: Omit<LoadRequestInput, FromSettings>, settings: Settings): LoadRequest {
  return readLoadRequest({ ...request, ...costsOf(settings) } satisfies LoadRequestInput)
}

/** What the command line asks for. @throws UsageError */
export function requestOf(flags: LoadFlags, settings: Settings): LoadRequest {
  return withSettings({
    dates: chosenDates(flags),
    symbols: symbolsOf(flags.symbols),
    source: sourceOf(flags, settings),
    dataset: readDataset(flags.dataset).name,
    only: flags.only ?? null,
    force: flags.force,
    accept: flags.accept,
    trust_ledger: flags['trust-ledger'],
    include_closed: flags['include-closed'],
    dry_run: flags['dry-run'],
  }, settings)
}
