import { createCalendar, type Calendar } from '../../calendar/calendar.js'
import { EXCHANGES } from '../../calendar/exchanges.js'
import { listOverrides } from '../../db/calendar-overrides.js'
import type { Queryable } from '../../db/database.js'
import { Patience } from '../../db/patience.js'
import { loadUniverse, type Universe } from '../../db/universe.js'
import { DATASETS } from '../../domain/dataset.js'
import { UsageError } from '../../domain/errors.js'
import type { RangeJob } from '../../load/load-range.js'
import type { Only } from '../../load/selection.js'
import { Turns } from '../../load/turns.js'
import { localFileSource, stdinSource } from '../../sources/local-file.js'
import { openSource } from '../../sources/open-source.js'
import type { Source } from '../../sources/source.js'
import type { Context } from './command.js'
import { failpointsOf } from './failpoint.js'
import { chosenDates, dateFlag, rangeOf, type ChosenDates, type DateFlags } from './load-range-args.js'

/** The flags of a load, as yargs reads them. */
export interface LoadFlags extends DateFlags {
  file: string | undefined
  symbols: string | undefined
  dataset: string
  only: string | undefined
  force: boolean | undefined
  accept: boolean | undefined
  'trust-ledger': boolean | undefined
  'include-closed': boolean | undefined
  'dry-run': boolean | undefined
}

/** What the command line says, judged before anything is opened. */
export interface LoadRequest {
  dates: ChosenDates
  source: Source
  symbols: ReadonlySet<string> | null
}

function sourceOf({ file, date }: LoadFlags, { settings: { source, maxFileBytes }, env, stdin, log }: Context): Source {
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
  return openSource(source, { env, maxFileBytes, onRetry: (failure, waitMs) => log.warn({ wait_ms: Math.round(waitMs) }, failure.message) })
}

function symbolsOf(flag: string | undefined): ReadonlySet<string> | null {
  if (flag === undefined) return null
  const symbols = new Set(flag.split(',').map((symbol) => symbol.trim()).filter((symbol) => symbol !== ''))
  if (symbols.size > 0) return symbols
  throw new UsageError('SYMBOLS_EMPTY', '--symbols names no symbol', { hint: 'for example --symbols AAPL,BRK.A' })
}

/** Judges the command line. @throws UsageError */
export function loadRequest(flags: LoadFlags, context: Context): LoadRequest {
  return { dates: chosenDates(flags), symbols: symbolsOf(flags.symbols), source: sourceOf(flags, context) }
}

/** The calendar of the exchange whose files are loaded, with what the user keeps about it. */
async function loadCalendar(db: Queryable): Promise<Calendar> {
  return createCalendar(EXCHANGES[0], await listOverrides(db, EXCHANGES[0].code))
}

/** The universe, which must not be empty; names the symbols of an override that it lacks. */
async function universeFor(db: Queryable, symbols: ReadonlySet<string> | null, log: Context['log']): Promise<Universe> {
  const universe = await loadUniverse(db)
  if (universe.size === 0) {
    throw new UsageError('UNIVERSE_EMPTY', 'the universe is empty: no symbol is known, so no row could be loaded', {
      hint: 'import one with: ohlcv universe import FILE, or take the symbols of the files with: ohlcv universe discover',
    })
  }
  if (symbols !== null) {
    log.warn({ symbols: [...symbols] }, 'a load of selected symbols only: not authoritative, no date becomes complete by it')
    const lacking = [...symbols].filter((symbol) => !universe.has(symbol))
    if (lacking.length > 0) log.warn({ symbols: lacking }, `the universe lacks ${lacking.join(', ')}`)
  }
  return universe
}

/** What {@link loadRange} is to do, but for the run it belongs to and who is told of its progress. */
export async function rangeJob({ dates, source, symbols }: LoadRequest, flags: LoadFlags, context: Context): Promise<Omit<RangeJob, 'onPlan' | 'onDay'>> {
  const { settings, log, now, signal, env } = context
  const { pool } = await context.database({ create: true })
  const calendar = await loadCalendar(pool)
  return {
    context: {
      pool,
      patience: new Patience(pool, settings.databaseWait, log),
      dataset: DATASETS.find(({ flag }) => flag === flags.dataset) ?? DATASETS[0]!,
      source,
      runId: 0,
      universe: { current: await universeFor(pool, symbols, log) },
      selected: symbols,
      limits: settings,
      thresholds: settings,
      accept: flags.accept === true,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
      failpoint: failpointsOf(env['OHLCV_FAILPOINT']),
      turns: new Turns(),
      now,
      log,
    },
    range: rangeOf(dates, calendar, now()),
    calendar,
    publication: settings,
    includeClosed: flags['include-closed'] === true,
    only: (flags.only ?? null) as Only | null,
    trustLedger: flags['trust-ledger'] === true,
    lanes: settings.lanes,
    dateTimeoutSeconds: settings.dateTimeout,
    signal,
  }
}

/** A job's parameters as they are kept with the run and shown in its document. */
export function parametersOf({ context, range, includeClosed, only, trustLedger, lanes }: Omit<RangeJob, 'onPlan' | 'onDay'>): Record<string, unknown> {
  const { source, dataset, selected, force, accept, dryRun } = context
  return {
    ...range,
    source: source.uri,
    dataset: dataset.name,
    symbols: selected && [...selected],
    only,
    force,
    accept,
    trust_ledger: trustLedger,
    include_closed: includeClosed,
    dry_run: dryRun,
    lanes,
  }
}
