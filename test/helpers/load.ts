import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type pg from 'pg'
import { pino } from 'pino'
import { SteadyPool } from '../../lib/postgres/steady-pool.js'
import type { Dataset } from '../../lib/datasets/dataset.js'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate, type IsoDate } from '../../lib/domain/dates.js'
import { NO_FAILPOINTS } from '../../lib/domain/failpoint.js'
import type { Thresholds } from '../../lib/features/load/day/refusal.js'
import type { Limits } from '../../lib/features/load/day/stage-day.js'
import { loadRange, type RangeObserver, type RangeResult } from '../../lib/features/load/range/load-range.js'
import { readLoadRequest, type LoadRequest } from '../../lib/features/load/request.js'
import { resolveLoad } from '../../lib/features/load/resolve.js'
import type { Runtime } from '../../lib/features/runs/runtime.js'
import { withRun } from '../../lib/features/runs/with-run.js'
import { undated } from '../../lib/formats/listing.js'
import { MASSIVE } from '../../lib/providers/massive/massive.js'
import { filesOf } from '../../lib/providers/provider.js'
import { localFileSource, openSource } from '../../lib/sources/open-source.js'
import type { Source } from '../../lib/sources/source.js'
import { importListings } from '../../lib/features/universe/import.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'

export const FIXTURES = path.join(PACKAGE_ROOT, 'fixtures')
const SILENT = pino({ level: 'silent' })
const MAX_FILE_BYTES = 1024 ** 3

/** The fixture day files as a source. */
export const fixtureSource = (): Source => directorySource(path.join(FIXTURES, 'us_stocks_sip'))

/** A local file as a source. */
export const fileSource = (file: string, date: string): Source => localFileSource(file, isoDate(date), { maxFileBytes: MAX_FILE_BYTES })

/** How tests change identities: whatever it does to bars. */
export const ACCEPTED = { dryRun: false, accept: true, maxRemoved: 5, correct: false }

/** Registers symbols, open ended. */
export async function registerSymbols(pool: pg.Pool, symbols: readonly string[]): Promise<void> {
  await importListings(runtimeOf(pool), { listings: { rows: symbols.map((symbol, index) => undated(index + 2, symbol, {})), testIssues: 0 }, cause: 'import', ...ACCEPTED })
}

/** The symbols of a CSV file whose first column they are. */
export function symbolsOf(file: string): string[] {
  return readFileSync(file, 'latin1').trim().split('\n').slice(1).map((line) => line.split(',')[0]!)
}

/** What a test wants to be different from a plain load of the whole universe. */
export interface LoadOptions extends Partial<Pick<Runtime, 'log' | 'failpoint' | 'signal'>>, RangeObserver {
  dataset?: Dataset
  selected?: ReadonlySet<string> | null
  only?: LoadRequest['only']
  force?: boolean
  accept?: boolean
  trustLedger?: boolean
  includeClosed?: boolean
  dryRun?: boolean
  lanes?: number
  thresholds?: Thresholds
  limits?: Limits
  now?: Date
  /** Seconds to wait for a database that takes no connection. */
  databaseWait?: number
}

/** What a load works in. */
export function runtimeOf(pool: pg.Pool, options: LoadOptions = {}): Runtime {
  const { log = SILENT, now = new Date('2026-11-21T12:00:00Z'), signal = new AbortController().signal, failpoint = NO_FAILPOINTS, databaseWait = 5 } = options
  return { db: new SteadyPool(pool, databaseWait, log), log, now: () => now, signal, failpoint }
}

/** A load of a range of dates, as a request. */
export function requestOf(uri: string, start: string, end: string, options: LoadOptions = {}): LoadRequest {
  const { dataset, selected = null, only, force, accept, trustLedger, includeClosed, dryRun, lanes = 2 } = options
  const { thresholds = { maxRejected: 5, maxRemoved: 5 }, limits = { maxLineBytes: 65_536, maxFileBytes: MAX_FILE_BYTES, maxFileLines: 1e6, maxRejectedRows: 10_000 } } = options
  return readLoadRequest({
    dates: { start, end }, source: { uri }, dataset: dataset?.name, symbols: selected && [...selected], only,
    force, accept, trust_ledger: trustLedger, include_closed: includeClosed, dry_run: dryRun, lanes, date_timeout: 60, thin_below: 80,
    thresholds: { max_rejected: thresholds.maxRejected, max_removed: thresholds.maxRemoved },
    publication: { published_at: '11:00', missing_after: 24 },
    limits: { max_line_bytes: limits.maxLineBytes, max_file_bytes: limits.maxFileBytes, max_file_lines: limits.maxFileLines, max_rejected_rows: limits.maxRejectedRows },
  })
}

/** Loads dates as the command does, with a run of its own, whatever the universe holds. */
export async function loadDates(pool: pg.Pool, source: Source, start: string, end: string = start, options: LoadOptions = {}): Promise<RangeResult> {
  const runtime = runtimeOf(pool, options)
  const load = await resolveLoad(runtime, requestOf(source.uri, start, end, options), source)
  if (load.request.dry_run) return loadRange(runtime, load, null, options)
  return withRun(runtime, { command: 'load', parameters: {}, version: 'test', exitCodeOfError: () => 1 }, async (runId) => ({
    result: await loadRange(runtime, load, runId, options),
    end: { status: 'succeeded', exitCode: 0, totals: null, message: null },
  }))
}

/** The stored bars of a date as `symbol,open,high,low,close,volume,transactions`, by symbol. */
export async function storedBars(pool: pg.Pool, date: string): Promise<string[]> {
  const { rows } = await pool.query<{ bar: string }>(
    `select concat_ws(',', t.symbol, o.open, o.high, o.low, o.close, o.volume, coalesce(o.transactions::text, '')) as bar
       from ohlcv_daily o join ticker_symbols t on t.symbol_id = o.symbol_id and t.valid @> o.time
      where o.time = $1 order by t.symbol`,
    [date],
  )
  return rows.map(({ bar }) => bar)
}

/**
 * Everything that a sequence of loads decides, by symbol instead of by id and without times and load ids: two databases
 * that took different ways to the same versions must agree on it.
 */
export async function wholeState(pool: pg.Pool): Promise<Record<string, string[]>> {
  const lines = async (sql: string) => (await pool.query<{ line: string }>(`select line from (${sql}) s (line) order by line collate "C"`)).rows.map(({ line }) => line)
  const symbol = (id: string, date: string) => `(select symbol from ticker_symbols n where n.symbol_id = ${id} and n.valid @> ${date})`
  return {
    bars: await lines(`select concat_ws('|', time, ${symbol('o.symbol_id', 'o.time')}, open, high, low, close, volume, transactions) from ohlcv_daily o`),
    days: await lines(`select concat_ws('|', d.dataset, d.date, d.row_count, l.source_identity, l.authoritative,
                              d.checksum = (select checksum from ohlcv_daily_checksum(d.date))) from days d join lineage l using (load_id)`),
    rejects: await lines(`select concat_ws('|', dataset, date, line, reason, field, symbol, encode(raw, 'hex')) from rejected_rows`),
    unknown: await lines(`select concat_ws('|', dataset, date, symbol) from unknown_symbols`),
    symbols: await lines(`select concat_ws('|', symbol, valid, assumed) from ticker_symbols`),
  }
}

const hourInNewYork = new Intl.DateTimeFormat('en', { timeZone: 'America/New_York', hour: 'numeric', hourCycle: 'h23' })

/** Midnight in New York, as the files have it. */
function midnight(date: string): string {
  const inWinter = Date.parse(`${date}T05:00:00Z`)
  const isWinter = hourInNewYork.format(inWinter) === '00'
  return `${isWinter ? inWinter : Date.parse(`${date}T04:00:00Z`)}000000`
}

/** A day file of bars `symbol,open,high,low,close,volume,transactions`, in Massive's form. */
export function dayFileText(date: string, bars: readonly string[]): string {
  const at = midnight(date)
  const rows = bars.map((bar) => {
    const [symbol, open, high, low, close, volume, transactions] = bar.split(',')
    return [symbol, volume, open, close, high, low, at, transactions].join(',')
  })
  return `${['ticker,volume,open,close,high,low,window_start,transactions', ...rows].join('\n')}\n`
}

/** The path of a day file below a bucket's prefix or a directory. */
export const dayFilePath = (dataset: Dataset, date: string): string => filesOf(MASSIVE, dataset).layout.pathOf(isoDate(date))

/** Writes a version of a day file into a directory source. */
export function putDayFile(root: string, date: string, bars: readonly string[]): void {
  const file = path.join(root, dayFilePath(DAY_AGGS, date))
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, gzipSync(dayFileText(date, bars)))
}

/** A directory as a source. */
export const directorySource = (root: string): Source => openSource(root, { env: {}, maxFileBytes: MAX_FILE_BYTES })

/** So many bars, named A000 and so on, each at the price given. */
export const manyBars = (count: number, price = '10'): string[] =>
  Array.from({ length: count }, (_, index) => `A${String(index).padStart(3, '0')},${price},${price},${price},${price},100,1`)

/** A fixture day file's text. */
export function fixtureText(date: IsoDate | string): string {
  const [year, month] = date.split('-')
  return gunzipSync(readFileSync(path.join(FIXTURES, `us_stocks_sip/day_aggs_v1/${year}/${month}/${date}.csv.gz`))).toString('latin1')
}
