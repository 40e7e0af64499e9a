import { createCalendar } from '../../../calendar/calendar.js'
import { rangeOf } from '../../../calendar/chosen-dates.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import { GAPS, gapsDocument, gapShare } from '../../../documents/gaps.js'
import type { FillGiven } from '../../../documents/gaps-fill.js'
import type { DocumentOf } from '../../../documents/document.js'
import { InterruptedError, UsageError } from '../../../domain/errors.js'
import type { Gaps, GapsRequest } from '../../../features/gaps/gap.js'
import { findGaps } from '../../../features/gaps/gaps.js'
import { GAP_REASONS } from '../../../features/gaps/reasons.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import { securitiesCalled } from '../../../store/universe/securities-called.js'
import { DATASET_FLAG, readDataset } from '../../flags/dataset.js'
import { chosenDates, DATES_FLAGS } from '../../flags/dates.js'
import { readSymbols } from '../../flags/symbols.js'
import { defineCommand, type ArgsOf, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import { guarded } from '../../../formats/csv-text.js'
import { gapsText } from './gaps-report.js'

const { start, end, days } = DATES_FLAGS

const FLAGS = {
  start, end, days,
  symbols: { type: 'string', requiresArg: true, describe: 'only these symbols, separated by commas' },
  reason: { choices: GAP_REASONS, requiresArg: true, describe: 'show only gaps of this reason' },
  all: { type: 'boolean', default: false, describe: 'also sessions on which no bar was to be expected: before a listing, after a delisting, of thin securities' },
  dataset: DATASET_FLAG,
  fill: { type: 'boolean', default: false, describe: 'ask the day files again, then the providers where no file has spoken, and write down what came of it' },
  'dry-run': { type: 'boolean', default: false, describe: 'with --fill: tell what would be asked, and ask for nothing' },
  'no-fetch': { type: 'boolean', default: false, describe: 'with --fill: ask no provider' },
  csv: { type: 'boolean', describe: 'print CSV: a line a gap' },
} as const

type Flags = ArgsOf<typeof FLAGS>

async function requestOf(runtime: Runtime, flags: Flags, { settings, now }: Context): Promise<GapsRequest> {
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(runtime.db.pool, DEFAULT_EXCHANGE.code))
  const range = rangeOf(chosenDates({ start: flags.start, end: flags.end, days: flags.days, date: undefined }), calendar, now())
  const symbols = flags.symbols === undefined ? null : readSymbols(flags.symbols, 'leave --symbols out: gaps are looked for in all securities')
  const symbolIds = symbols && await securitiesCalled(runtime.db.pool, symbols, null)
  return { dataset: readDataset(flags.dataset), calendar, publication: settings, range, symbolIds, usualPercent: settings.usuallyTrades, all: flags.all }
}

function csvOf({ dates, gaps }: DocumentOf<typeof GAPS>): (string | number | null)[][] {
  return [
    ['symbol', 'symbol_id', 'start', 'end', 'sessions', 'reason', 'names', 'lacking', 'command'],
    ...dates.map(({ start, end, sessions, lacking, command }) => [null, null, start, end, sessions, 'not_loaded', null, lacking, command]),
    ...gaps.map(({ symbol, symbol_id, start, end, sessions, reason, names, command }) => guarded([symbol, symbol_id, start, end, sessions, reason, names.join(' '), sessions, command])),
  ]
}

/** Exit 3 where too much is lacking; of dates alone where any is not loaded. */
function exitCodeOf(gaps: Gaps, goal: number): number {
  const share = gapShare(gaps)
  return (share === null ? gaps.dates.length > 0 : share > 0 && share >= goal) ? EXIT.dateFailed : EXIT.ok
}

async function run(flags: Flags, context: Context): Promise<Result<typeof GAPS>> {
  if (!flags.fill && (flags['dry-run'] || flags['no-fetch'])) throw new UsageError('FLAGS_CONFLICT', `--${flags['dry-run'] ? 'dry-run' : 'no-fetch'} goes with --fill`)
  if (flags.fill && flags.all) throw new UsageError('FLAGS_CONFLICT', '--all shows what is not filled, so it does not go with --fill')
  const { settings, signal, room } = context
  const runtime = await runtimeOf(context)
  const request = await requestOf(runtime, flags, context)
  const told = (gaps: Gaps, fill: FillGiven | null, exitCode: number): Result<typeof GAPS> => {
    const data = gapsDocument({ dataset: request.dataset.name, gaps, reason: flags.reason ?? null, goal: settings.maxGapShare, fill })
    return { exitCode, data, text: () => gapsText(data, room), csv: () => csvOf(data) }
  }
  if (!flags.fill) {
    const gaps = await findGaps(runtime, request)
    return told(gaps, null, exitCodeOf(gaps, settings.maxGapShare))
  }
  // Only filling needs what loads and fetches are made of.
  const { fill, plan } = await import('./fill.js')
  if (flags['dry-run']) {
    const planned = await plan(runtime, request, flags['no-fetch'], context)
    return told(planned.before, { plan: planned }, exitCodeOf(planned.before, settings.maxGapShare))
  }
  const { result, failed } = await fill(runtime, request, flags['no-fetch'], context)
  const exitCode = signal.reason instanceof InterruptedError ? exitCodeOfError(signal.reason) : failed ? EXIT.dateFailed : exitCodeOf(result.after, settings.maxGapShare)
  return told(result.after, { filled: result }, exitCode)
}

export const gaps = defineCommand({
  document: GAPS,
  ...NAMES.gaps,
  examples: [
    ['gaps --start 2025-01-01 --end 2025-01-31', 'what is lacking of a month, and why'],
    ['gaps --days 7 --fill', 'ask for what the last sessions lack; safe to run every night'],
    ['gaps --start 2024-01-01 --fill --dry-run', 'what would be asked'],
    ['gaps --start 2020-01-01 --symbols AAPL,MSFT --all', 'every session without a bar of two securities'],
    ['gaps --start 2025-01-01 --reason renamed', 'securities that probably have another symbol since'],
  ],
  flags: FLAGS,
  settings: [
    'maxGapShare', 'usuallyTrades', 'source', 'providers', 'answers', 'lanes', 'fetchLanes', 'maxRejected', 'maxRemoved', 'publishedAt', 'missingAfter', 'thinBelow', 'dateTimeout', 'databaseWait',
    'maxLineBytes', 'maxFileBytes', 'maxFileLines', 'maxRejectedRows',
  ],
  run,
})
