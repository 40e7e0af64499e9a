import { createCalendar } from '../calendar/calendar.js'
import { EXCHANGES } from '../calendar/exchanges.js'
import { listOverrides } from '../db/calendar-overrides.js'
import { loadUniverse, type Universe } from '../db/universe.js'
import { DATASETS, type Dataset } from '../domain/dataset.js'
import { InterruptedError, UsageError } from '../domain/errors.js'
import { EXIT, exitCodeOf } from '../domain/outcome.js'
import { loadRange, type RangeResult } from '../load/load-range.js'
import type { Only } from '../load/selection.js'
import { totalsOf } from '../load/totals.js'
import { withRun } from '../load/with-run.js'
import { localFileSource, stdinSource } from '../sources/local-file.js'
import { openSource } from '../sources/open-source.js'
import type { Source } from '../sources/source.js'
import { VERSION } from '../version.js'
import { defineCommand, type Context, type Result } from './shared/command.js'
import { chosenRange, dateFlag } from './shared/load-range-args.js'
import { loadJson, loadText, warningsOf } from './shared/load-report.js'
import { failpointsOf } from './shared/failpoint.js'
import { progressBar } from './shared/progress.js'

const flags = {
  start: { type: 'string', requiresArg: true, describe: 'first date, YYYY-MM-DD' },
  end: { type: 'string', requiresArg: true, describe: 'last date, YYYY-MM-DD' },
  days: { type: 'string', requiresArg: true, describe: 'the last N sessions, ending with the latest that has closed' },
  date: { type: 'string', requiresArg: true, describe: 'one date; with --file the date of that file' },
  file: { type: 'string', requiresArg: true, describe: 'one local file, or - for stdin; gzipped or not' },
  dataset: { choices: DATASETS.map(({ flag }) => flag), default: 'day', describe: 'which kind of bars' },
  symbols: { type: 'string', requiresArg: true, describe: 'only these symbols, separated by commas: an override that makes no date complete' },
  only: { choices: ['unloaded', 'failed', 'changed'], describe: 'only dates never loaded, whose last attempt failed, or whose file has changed' },
  force: { type: 'boolean', describe: 'read files that are known to be unchanged as well' },
  accept: { type: 'boolean', describe: 'take a file whatever share of its rows it rejects or of the stored bars it removes' },
  'trust-ledger': { type: 'boolean', describe: 'do not check the stored rows of unchanged dates' },
  'include-closed': { type: 'boolean', describe: 'load files of days on which the exchange was closed' },
  'dry-run': { type: 'boolean', describe: 'read, filter, validate and compare, but write nothing' },
} as const

type Args = { [K in keyof typeof flags]?: unknown } & {
  start: string | undefined
  end: string | undefined
  days: string | undefined
  date: string | undefined
  file: string | undefined
  symbols: string | undefined
  only: string | undefined
}

function sourceOf({ file, date }: Args, context: Context): Source {
  const { settings: { source, maxFileBytes }, env, stdin } = context
  if (file !== undefined) {
    if (date === undefined) throw new UsageError('DATE_MISSING', '--file needs --date: the exchange date of the file')
    const day = dateFlag('date', date)
    return file === '-' ? stdinSource(stdin, day) : localFileSource(file, day, { maxFileBytes })
  }
  if (source === undefined) {
    throw new UsageError('SOURCE_MISSING', 'no source of day files is set', {
      hint: 'give --source s3://bucket/prefix or a directory (or set OHLCV_SOURCE), or one file with --file PATH --date D',
    })
  }
  return openSource(source, { env, maxFileBytes })
}

/** The symbols of the override; logs that it is one and names those that the universe lacks. */
function selectionOf(symbols: string | undefined, universe: Universe, log: Context['log']): ReadonlySet<string> | null {
  if (symbols === undefined) return null
  const selected = new Set(symbols.split(',').map((symbol) => symbol.trim()).filter((symbol) => symbol !== ''))
  if (selected.size === 0) throw new UsageError('SYMBOLS_EMPTY', '--symbols names no symbol', { hint: 'for example --symbols AAPL,BRK.A' })
  log.warn({ symbols: [...selected] }, 'a load of selected symbols only: not authoritative, no date becomes complete by it')
  const lacking = [...selected].filter((symbol) => !universe.has(symbol))
  if (lacking.length > 0) log.warn({ symbols: lacking }, `the universe lacks ${lacking.join(', ')}`)
  return selected
}

function datasetOf(flag: unknown): Dataset {
  return DATASETS.find((dataset) => dataset.flag === flag) ?? DATASETS[0]!
}

function exitCode(result: RangeResult, signal: AbortSignal): number {
  if (signal.reason instanceof InterruptedError) return signal.reason.signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
  return exitCodeOf(result.days.map(({ outcome }) => outcome))
}

async function run(args: Args, context: Context): Promise<Result> {
  const { settings, log, signal, now } = context
  const failpoint = failpointsOf(context.env['OHLCV_FAILPOINT'])
  const source = sourceOf(args, context)
  const { pool } = await context.database()
  const calendar = createCalendar(EXCHANGES[0], await listOverrides(pool, EXCHANGES[0].code))
  const range = chosenRange(args, calendar, now())
  const universe = await loadUniverse(pool)
  if (universe.size === 0) {
    throw new UsageError('UNIVERSE_EMPTY', 'the universe is empty: no symbol is known, so no row could be loaded', {
      hint: 'import one with: ohlcv universe import FILE, or take the symbols of the files with: ohlcv universe discover',
    })
  }
  const selected = selectionOf(args.symbols, universe, log)
  const dataset = datasetOf(args.dataset)
  const dryRun = args['dry-run'] === true
  const parameters = {
    ...range,
    source: source.uri,
    dataset: dataset.name,
    symbols: selected && [...selected],
    only: args.only ?? null,
    force: args.force === true,
    accept: args.accept === true,
    trust_ledger: args['trust-ledger'] === true,
    include_closed: args['include-closed'] === true,
    dry_run: dryRun,
    lanes: settings.lanes,
  }
  log.info(parameters, 'load begins')
  const progress = progressBar(context.interactive, settings.lanes)
  const started = performance.now()

  const load = (runId: number) =>
    loadRange({
      context: {
        pool, dataset, source, runId, selected, log, now, dryRun,
        universe: { current: universe },
        limits: settings,
        thresholds: settings,
        failpoint,
        accept: parameters.accept,
        force: parameters.force,
      },
      range,
      calendar,
      publication: settings,
      includeClosed: parameters.include_closed,
      only: (args.only ?? null) as Only | null,
      trustLedger: parameters.trust_ledger,
      lanes: settings.lanes,
      dateTimeoutSeconds: settings.dateTimeout,
      signal,
      onPlan: (files) => progress.begin(files),
      onDay(day) {
        progress.day(day)
        const { date, outcome, code, message, counts } = day
        log[context.interactive ? 'debug' : 'info']({ date, outcome, ...(code === null ? {} : { code, message }), ...counts }, 'date ended')
      },
    })

  const finish = (runId: number | null, result: RangeResult): Result => {
    const warnings = warningsOf(result)
    for (const warning of warnings) log.warn(warning)
    const seconds = (performance.now() - started) / 1000
    return {
      exitCode: exitCode(result, signal),
      text: loadText(result, warnings, seconds, dryRun),
      json: { run: runId, version: VERSION, parameters, seconds, ...loadJson(result, warnings) },
    }
  }

  try {
    if (dryRun) return finish(null, await load(0))
    return await withRun(pool, { command: 'load', parameters, version: VERSION }, log, async (runId) => {
      const result = await load(runId)
      const code = exitCode(result, signal)
      const status = signal.aborted ? 'interrupted' : code === EXIT.dateFailed ? 'failed' : 'succeeded'
      return { result: finish(runId, result), end: { status, exitCode: code, totals: totalsOf(result), message: null } }
    })
  } finally {
    progress.end()
    await source.close()
  }
}

export const load = defineCommand({
  usage: 'load',
  describe: 'Load day files into ohlcv_daily: hydrate, daily update and backfill are this one command',
  examples: [
    ['load --days 10', 'the last ten sessions: what runs every night; late and republished files heal'],
    ['load --start 2021-01-01 --end 2025-12-31', 'a backfill; dates that are complete cost almost nothing'],
    ['load --source ./flatfiles/us_stocks_sip --days 5', 'from a directory in the bucket\'s layout'],
    ['load --file - --date 2025-03-04 < 2025-03-04.csv.gz', 'one file through stdin, gzipped or not'],
    ['load --start 2025-01-01 --end 2025-12-31 --only failed', 'again what failed'],
  ],
  flags,
  settings: ['source', 'lanes', 'maxRejected', 'maxRemoved', 'publishedAt', 'missingAfter', 'dateTimeout', 'maxLineBytes', 'maxFileBytes', 'maxRejectedRows'],
  run: (args, context) => run(args as Args, context),
})

