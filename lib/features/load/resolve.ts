import { createCalendar, type Calendar } from '../../calendar/calendar.js'
import { rangeOf } from '../../calendar/chosen-dates.js'
import { exchangeNamed } from '../../calendar/exchanges.js'
import type { Dataset } from '../../datasets/dataset.js'
import { DATASETS } from '../../datasets/datasets.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { hasUniverse, loadUniverse } from '../../store/universe/universe.js'
import { unknownSymbols } from '../../store/universe/unknown-symbols.js'
import type { Source } from '../../sources/source.js'
import type { Runtime } from '../runs/runtime.js'
import type { LoadRequest } from './request.js'

/** What a request comes to, here and now. */
export interface ResolvedLoad {
  request: LoadRequest
  dataset: Dataset
  source: Source
  /** Of the exchange whose files are loaded, with what the user keeps about it. */
  calendar: Calendar
  range: DateRange
  /** Only these dates of the range; null: all. */
  chosen: ReadonlySet<IsoDate> | null
  /** The symbols of an override, or null. */
  selected: ReadonlySet<string> | null
}

/** Looks up what a request means. @throws UsageError when the calendar does not know its dates */
export async function resolveLoad({ db, now }: Runtime, request: LoadRequest, source: Source): Promise<ResolvedLoad> {
  // The schema lets only those through that there are.
  const dataset = DATASETS.find(({ name }) => name === request.dataset)!
  const exchange = exchangeNamed(request.exchange)!
  const calendar = createCalendar(exchange, await listOverrides(db.pool, exchange.code))
  return {
    request, dataset, source, calendar,
    range: rangeOf(request.dates, calendar, now()),
    chosen: null,
    selected: request.symbols && new Set(request.symbols),
  }
}

/** A file that was named is meant to be loaded, also where a source's file of a closed day would be left alone. @throws UsageError */
function requireOpen({ request, calendar, range: { start } }: ResolvedLoad): void {
  if (!('file' in request.source) || request.include_closed || calendar.session(start)) return
  throw new UsageError('FILE_ON_CLOSED_DAY', `the exchange was closed on ${start} (${calendar.closure(start)?.reason ?? 'weekend'}), so no file of that date is loaded`, {
    hint: 'correct --date; if there was a session after all: --include-closed, or ohlcv calendar reopen',
  })
}

/** Refuses an empty universe. @throws UsageError UNIVERSE_EMPTY */
export async function requireSymbols({ db }: Pick<Runtime, 'db'>): Promise<void> {
  if (await hasUniverse(db.pool)) return
  throw new UsageError('UNIVERSE_EMPTY', 'the universe is empty: no symbol is known, so no row could be loaded', {
    hint: 'import one with: ohlcv universe import FILE, or take the symbols of the files with: ohlcv universe discover',
  })
}

/** Refuses a universe that lacks symbols of an override. @throws UsageError */
async function requireSelected({ db, log }: Runtime, { selected }: ResolvedLoad): Promise<void> {
  if (selected === null) return
  const universe = await loadUniverse(db.pool)
  const unknown = [...selected].filter((symbol) => !universe.has(symbol))
  if (unknown.length > 0) throw await unknownSymbols(db.pool, unknown)
  log.warn({ symbols: [...selected] }, 'a load of selected symbols only: not authoritative, no date becomes complete by it')
}

/** Refuses what could load nothing. @throws UsageError */
export async function requireLoadable(runtime: Runtime, load: ResolvedLoad): Promise<void> {
  requireOpen(load)
  await requireSymbols(runtime)
  await requireSelected(runtime, load)
}

/** A load as it is kept with its run and shown in its document. */
export function parametersOf({ request, dataset, source, range, selected }: ResolvedLoad) {
  const { only, force, accept, trust_ledger, include_closed, dry_run, lanes } = request
  return { ...range, source: source.uri, dataset: dataset.name, symbols: selected && [...selected], only, force, accept, trust_ledger, include_closed, dry_run, lanes }
}

export type LoadParameters = ReturnType<typeof parametersOf>
