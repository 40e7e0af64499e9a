import path from 'node:path'
import { createCalendar, type Calendar } from '../../../calendar/calendar.js'
import { EXCHANGES } from '../../../calendar/exchanges.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import type { Queryable } from '../../../postgres/database.js'
import { Patience } from '../../../postgres/patience.js'
import { hasUniverse, loadUniverse, UniverseReadings } from '../../../store/universe/universe.js'
import type { LoadParameters } from '../../../documents/load.js'
import { DATASETS } from '../../../datasets/dataset.js'
import { isIsoDate, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import type { RangeJob } from '../../../features/load/range/load-range.js'
import type { Only } from '../../../features/load/range/selection.js'
import { Turns } from '../../../features/load/day/turns.js'
import { localFileSource, stdinSource } from '../../../transport/stdin/local-file.js'
import { openSource } from '../../../transport/open-source.js'
import type { Source } from '../../../transport/source.js'
import type { Context } from '../../framework/command.js'
import { failpointsOf } from '../../framework/failpoint.js'
import { chosenDates, dateFlag, rangeOf, type ChosenDates, type DateFlags } from '../../flags/dates.js'
import { unknownSymbols } from '../../flags/security.js'

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

/** A name that gives one or several dates, but not the one it is loaded as, is likelier right than the flag. @throws UsageError */
function checkName(file: string, day: IsoDate): void {
  const dates = (path.basename(file).match(/\d{4}-\d{2}-\d{2}/g) ?? []).filter(isIsoDate)
  if (dates.length === 0 || dates.includes(day)) return
  throw new UsageError('FILE_OF_OTHER_DATE', `${path.basename(file)} is by its name the file of ${dates.join(' or ')}, and --date says ${day}`, {
    hint: `give --date ${dates[0]}; if the name is wrong, send the file to stdin with --file -`,
  })
}

function sourceOf({ file, date }: LoadFlags, { settings: { source, maxFileBytes }, env, stdin, log }: Context): Source {
  if (file !== undefined) {
    if (date === undefined) throw new UsageError('DATE_MISSING', '--file needs --date: the exchange date of the file')
    const day = dateFlag('date', date)
    checkName(file, day)
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
  if (symbols.has('all')) {
    throw new UsageError('SYMBOLS_ALL', '--symbols takes symbols, and "all" is none', { hint: 'leave --symbols out: a load always takes the whole universe' })
  }
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

/** Refuses an empty universe, and one that lacks symbols of an override. @throws UsageError */
async function checkUniverse(db: Queryable, symbols: ReadonlySet<string> | null, log: Context['log']): Promise<void> {
  if (!(await hasUniverse(db))) {
    throw new UsageError('UNIVERSE_EMPTY', 'the universe is empty: no symbol is known, so no row could be loaded', {
      hint: 'import one with: ohlcv universe import FILE, or take the symbols of the files with: ohlcv universe discover',
    })
  }
  if (symbols !== null) {
    const universe = await loadUniverse(db)
    const unknown = [...symbols].filter((symbol) => !universe.has(symbol))
    if (unknown.length > 0) throw await unknownSymbols(db, unknown)
    log.warn({ symbols: [...symbols] }, 'a load of selected symbols only: not authoritative, no date becomes complete by it')
  }
}

/** A file that was named is meant to be loaded, also where a source's file of a closed day would be left alone. @throws UsageError */
function checkOpen({ file, 'include-closed': includeClosed }: LoadFlags, calendar: Calendar, { start }: DateRange): void {
  if (file === undefined || includeClosed === true || calendar.session(start)) return
  throw new UsageError('FILE_ON_CLOSED_DAY', `the exchange was closed on ${start} (${calendar.closure(start)?.reason ?? 'weekend'}), so no file of that date is loaded`, {
    hint: 'correct --date; if there was a session after all: --include-closed, or ohlcv calendar reopen',
  })
}

/** The range of the job; tells where it ends when that was not given. @throws UsageError */
function rangeFor(dates: ChosenDates, calendar: Calendar, { now, log }: Context): DateRange {
  const range = rangeOf(dates, calendar, now())
  if ('start' in dates && dates.end === null) log.info(range, `without --end: until ${range.end}, the latest session that has closed`)
  return range
}

/** What {@link loadRange} is to do, but for the run it belongs to and who is told of its progress. */
export async function rangeJob({ dates, source, symbols }: LoadRequest, flags: LoadFlags, context: Context): Promise<Omit<RangeJob, 'onPlan' | 'onDay'>> {
  const { settings, log, now, signal, env } = context
  const { pool } = await context.database({ create: true })
  const calendar = await loadCalendar(pool)
  const range = rangeFor(dates, calendar, context)
  checkOpen(flags, calendar, range)
  await checkUniverse(pool, symbols, log)
  return {
    context: {
      pool,
      patience: new Patience(pool, settings.databaseWait, log),
      dataset: DATASETS.find(({ flag }) => flag === flags.dataset) ?? DATASETS[0]!,
      source,
      runId: 0,
      universes: new UniverseReadings(),
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
    range,
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
export function parametersOf({ context, range, includeClosed, only, trustLedger, lanes }: Omit<RangeJob, 'onPlan' | 'onDay'>): LoadParameters {
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
