import type { DocumentOf } from '../../../documents/document.js'
import { UNIVERSE_DISCOVER } from '../../../documents/universe.js'
import path from 'node:path'
import { createCalendar } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import { isIsoDate, type DateRange } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { localFileSource, openSource } from '../../../sources/open-source.js'
import type { Source } from '../../../sources/source.js'
import { discoverSymbols, type Discovery } from '../../../features/universe/discover.js'
import { runtimeOf } from '../../framework/runtime.js'
import { defineCommand, type ArgsOf, type Context, type Result } from '../../framework/command.js'
import { identityData, identityLines } from './identity-report.js'
import { printable } from '../../terminal/printable.js'
import { DATASET_FLAG, readDataset } from '../../flags/dataset.js'
import { readRange } from '../../flags/range.js'
import { counted, few, figure } from '../../../documents/figures.js'

const FLAGS = {
  start: { type: 'string', requiresArg: true, describe: 'first date, YYYY-MM-DD (default: the first there can be)' },
  end: { type: 'string', requiresArg: true, describe: 'last date, YYYY-MM-DD (default: the last there can be)' },
  file: { type: 'string', requiresArg: true, describe: 'one local file, named YYYY-MM-DD.csv or .csv.gz' },
  dataset: DATASET_FLAG,
} as const

type Args = ArgsOf<typeof FLAGS>

/** Where to look, and at which dates. */
function placeOf({ start, end, file }: Args, { settings: { source, maxFileBytes }, env }: Context): { source: Source; range: DateRange } {
  if (file !== undefined) {
    if (start !== undefined || end !== undefined) throw new UsageError('DATES_CONFLICT', '--file is one date; --start and --end belong to --source')
    const date = /\d{4}-\d{2}-\d{2}/.exec(path.basename(file))?.[0] ?? ''
    if (!isIsoDate(date)) {
      throw new UsageError('DATE_MISSING', `the name of ${file} does not tell its date`, { hint: 'a day file is named YYYY-MM-DD.csv.gz' })
    }
    return { source: localFileSource(file, date, { maxFileBytes }), range: { start: date, end: date } }
  }
  if (source === undefined) {
    throw new UsageError('SOURCE_MISSING', 'no source of day files is set', { hint: 'give --source s3://bucket/prefix or a directory (or set OHLCV_SOURCE), or one file with --file' })
  }
  const given = readRange({ start, end })
  const whole = createCalendar(DEFAULT_EXCHANGE).range
  return { source: openSource(source, { env, maxFileBytes }), range: { start: given.start ?? whole.start, end: given.end ?? whole.end } }
}

function discoverText({ found, imported: { added, change }, notOnDate }: Discovery): string {
  const { files, rows, unusable, unreadable } = found
  const lines = [`${counted(files, 'file')} with ${counted(rows, 'row')} read: ${counted(added, 'new symbol')} registered, for all dates until more is known`]
  if (unusable > 0) lines.push(`${counted(unusable, 'row')} skipped, because the symbol cannot be one`)
  if (notOnDate.size > 0) {
    lines.push(`${counted(notOnDate.size, 'known symbol')} seen on dates on which it names no security: ${few([...notOnDate].map(([symbol, date]) => `${symbol} on ${date}`))}`)
    lines.push('  (`ohlcv universe history SYMBOL` shows why; a CSV with valid_from registers another security)')
  }
  lines.push(...identityLines(change, false))
  for (const { date, key, error } of unreadable) lines.push(`${date}: ${printable(key)} could not be read: ${error.message}`)
  if (files + unreadable.length === 0) lines.push('No day file was found: is the source right, and the range?')
  return lines.join('\n')
}

function discoverData({ found, imported, notOnDate }: Discovery, source: Source, range: DateRange): DocumentOf<typeof UNIVERSE_DISCOVER> {
  return {
    source: source.uri,
    ...range,
    files: found.files,
    rows: found.rows,
    unusable_rows: found.unusable,
    added: imported.added,
    not_on_date: [...notOnDate].map(([symbol, date]) => ({ symbol, date })),
    unreadable: found.unreadable.map(({ date, key, error }) => ({ date, key, code: error.code, message: error.message })),
    ...identityData(imported.change),
  }
}

async function run(args: Args, context: Context): Promise<Result<typeof UNIVERSE_DISCOVER>> {
  const { settings, log } = context
  const { source, range } = placeOf(args, context)
  try {
    const request = { dataset: readDataset(args.dataset), range, limits: settings, maxRemoved: settings.maxRemoved }
    const discovery = await discoverSymbols(await runtimeOf(context, { create: true }), request, source)
    log.info(`${figure(discovery.found.files)} files read`)
    return {
      exitCode: discovery.found.unreadable.length > 0 ? EXIT.dateFailed : EXIT.ok,
      text: () => discoverText(discovery),
      data: discoverData(discovery, source, range),
    }
  } finally {
    await source.close()
  }
}

export const universeDiscover = defineCommand({
  document: UNIVERSE_DISCOVER,
  usage: 'discover',
  describe: 'Register every symbol that day files have, for someone who starts with nothing but files. Dates are assumed; imports and renames with dates correct them.',
  examples: [
    ['universe discover --source ./flatfiles/us_stocks_sip', 'all files there'],
    ['universe discover --start 2025-01-01 --end 2025-03-31', 'the files of a range'],
    ['universe discover --file 2025-03-04.csv.gz', 'one file'],
  ],
  flags: FLAGS,
  settings: ['source', 'maxLineBytes', 'maxFileBytes', 'maxFileLines'],
  run,
})
