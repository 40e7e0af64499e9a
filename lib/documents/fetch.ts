import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../datasets/timespan.js'
import type { FetchResult } from '../features/fetch/fetch.js'
import type { SymbolResult } from '../features/fetch/symbol.js'
import type { DryRun } from '../features/fetch/dry-run.js'
import type { FetchParameters } from '../features/fetch/resolve.js'
import type { UnitResult } from '../features/fetch/unit-ending.js'
import type { AuditTotals } from '../store/fetches/audit.js'
import { FETCH_STATUSES } from '../store/fetches/fetches.js'
import { JOB_STATES, type Job } from '../store/fetches/jobs.js'
import { defineDocument } from './document.js'
import { fetchCounts } from './fetch-fields.js'
import { count, date, id, instant, instantOrNull, instantText, percent } from './fields.js'

const timespan = v.picklist(TIMESPAN_NAMES)
const dates = v.strictObject({ start: date, end: date })

/** What a fetch was told to do. */
const parameters = v.strictObject({
  ...dates.entries,
  /** Null where one is chosen for each symbol and timespan. */
  provider: v.nullable(v.string()),
  /** Null for every active security. */
  symbols: v.nullable(v.array(v.string())),
  symbol_count: count,
  timespans: v.array(timespan),
  /** The dates whose hours are asked for; null where none are. */
  hours: v.nullable(dates),
  grouped: v.boolean(),
  dry_run: v.boolean(),
  lanes: count,
})

/** One symbol and timespan. */
const unit = v.strictObject({
  timespan,
  /** The month of minutes or the date of grouped bars; else empty. */
  part: v.string(),
  /** Whose answer gave most; null where nobody was asked. */
  provider: v.nullable(v.string()),
  /** How those who were asked came to be chosen, and what came of it; null where the provider was named. */
  reason: v.nullable(v.string()),
  status: v.picklist(FETCH_STATUSES),
  code: v.nullable(v.string()),
  message: v.nullable(v.string()),
  ...fetchCounts,
  /** Bars inserted or updated as fills. */
  filled: count,
  /** Periods that the calendar expects: of hours those of the regular session. Null of grouped bars: nobody knows how many symbols traded. */
  expected: v.nullable(count),
  /** Those of them that came. */
  counted: v.nullable(count),
  fetch_ids: v.array(id),
})

const fault = v.strictObject({ code: v.string(), message: v.string() })

/** What came of a fetch. */
const fetched = v.strictObject({
  job: v.string(),
  run: id,
  version: v.string(),
  state: v.picklist(JOB_STATES),
  parameters,
  seconds: v.number(),
  /** In the order in which they were asked for; of grouped bars the symbol is a date. */
  symbols: v.array(v.strictObject({ symbol: v.string(), name: v.nullable(v.string()), error: v.nullable(fault), units: v.array(unit) })),
  /** Who was asked, and for how many symbols and timespans: `gave` those that it is named for, `passed_on` those that another was asked for after it. */
  providers: v.array(v.strictObject({ provider: v.string(), asked: count, gave: count, passed_on: count, requests: count, bars: count })),
  finished_before: count,
  not_reached: count,
  /** Why nothing else was asked of the provider. */
  stopped: v.nullable(v.strictObject({ code: v.string(), message: v.string(), hint: v.nullable(v.string()) })),
  totals: v.strictObject({ symbols_loaded: count, symbols_failed: count, requests: count, bytes: count, ...fetchCounts, filled: count }),
  warnings: v.array(v.string()),
})

/** What a fetch would ask for. */
const planned = v.strictObject({
  version: v.string(),
  parameters,
  /** All is planned as if this one were asked: the one that is named, or the first that would be. */
  provider: v.string(),
  requests: count,
  /** Of them those that ask who a security is. */
  descriptions: count,
  /** Of each limit of everybody who may be asked how many periods' requests that is; `left` of the limit of this day or month. */
  quotas: v.array(v.strictObject({ provider: v.string(), period: v.picklist(['second', 'minute', 'day', 'month']), limit: count, left: v.nullable(count), periods: count })),
  seconds: v.number(),
  by_timespan: v.array(v.strictObject({ timespan, requests: count })),
})

/** How far a job has come. */
const job = v.strictObject({
  job: v.string(),
  kind: v.string(),
  state: v.picklist(JOB_STATES),
  /** Whether the process that works on it lives: a running job without one has died and can be resumed. */
  alive: v.boolean(),
  progress: percent,
  message: v.nullable(v.string()),
  run: v.nullable(id),
  request: v.unknown(),
  result: v.unknown(),
  created_at: instant,
  started_at: v.nullable(instant),
  finished_at: v.nullable(instant),
  timespans: v.array(v.strictObject({ timespan: v.string(), units: count, failed: count, bars: count, inserted: count, updated: count, unchanged: count, filled: count, held_back: count })),
  audit_file: v.string(),
})

/** `ohlcv fetch`: what came of it, what it would ask for, or how far a job has come. */
export const FETCH = defineDocument('ohlcv.fetch/1', v.union([fetched, planned, job]))

export type FetchTotals = v.InferInput<typeof fetched>['totals']

function countsOf({ bars, inserted, updated, unchanged, heldBack, rejected, unknown, duplicates }: UnitResult['counts']) {
  return { bars, inserted, updated, unchanged, held_back: heldBack, rejected, unknown, duplicates }
}

function symbolOf({ symbol, name, error, units }: SymbolResult): v.InferInput<typeof fetched>['symbols'][number] {
  return {
    symbol, name, error: error && { ...error },
    units: units.map(({ timespan, part, provider, reason, status, code, message, counts, filled, expected, counted, fetchIds }) =>
      ({ timespan, part, provider, reason, status, code, message, ...countsOf(counts), filled, expected, counted, fetch_ids: [...fetchIds] })),
  }
}

export type AskedTotals = v.InferInput<typeof fetched>['providers'][number]

/** What each provider was asked for and gave, in the order in which they were first asked. */
export function askedTotals({ symbols }: Pick<FetchResult, 'symbols'>): AskedTotals[] {
  const totals = new Map<string, AskedTotals>()
  for (const { provider: giver, asked } of symbols.flatMap(({ units }) => units)) {
    for (const [index, { provider, requests, bars }] of asked.entries()) {
      const sum = totals.get(provider) ?? { provider, asked: 0, gave: 0, passed_on: 0, requests: 0, bars: 0 }
      const isLast = index === asked.length - 1
      totals.set(provider, {
        provider, asked: sum.asked + 1, gave: sum.gave + Number(provider === giver && bars > 0), passed_on: sum.passed_on + Number(!isLast), requests: sum.requests + requests, bars: sum.bars + bars,
      })
    }
  }
  return [...totals.values()]
}

/** What a fetch adds up to. */
export function fetchTotals({ symbols, finishedBefore }: FetchResult): FetchTotals {
  const failed = symbols.filter(({ error }) => error !== null).length
  const totals = {
    symbols_loaded: symbols.length - failed + finishedBefore, symbols_failed: failed, requests: 0, bytes: 0,
    bars: 0, inserted: 0, updated: 0, unchanged: 0, held_back: 0, rejected: 0, unknown: 0, duplicates: 0, filled: 0,
  }
  const work = symbols.flatMap(({ units, description: { requests, bytes } }): Partial<FetchTotals>[] =>
    [{ requests, bytes }, ...units.map(({ counts, filled, requests, bytes }) => ({ ...countsOf(counts), filled, requests, bytes }))])
  for (const more of work) for (const name of Object.keys(more) as (keyof FetchTotals)[]) totals[name] += more[name]!
  return totals
}

/** What a person should look at, though it stopped nothing. */
export function fetchWarnings({ symbols, parameters: { grouped } }: FetchResult): string[] {
  return symbols.filter(({ error }) => error === null).flatMap(({ symbol, name, units, description }) => [
    ...(description.requests > 0 && name === null ? [`${symbol}: no metadata found`] : []),
    ...units.flatMap(({ timespan, part, message }) => (message === null ? [] : [`${grouped ? symbol : `${symbol} ${timespan}${part === '' ? '' : ` ${part}`}`}: ${message}`])),
  ])
}

/** The document of a fetch that ended. */
export function fetchDocument(result: FetchResult, version: string, seconds: number, warnings: readonly string[]): v.InferInput<typeof fetched> {
  const { jobId, runId, state, parameters, symbols, finishedBefore, notReached, stopped } = result
  return {
    job: jobId, run: runId, version, state, parameters, seconds, symbols: symbols.map(symbolOf), providers: askedTotals(result), finished_before: finishedBefore, not_reached: notReached,
    stopped: stopped && { code: stopped.code, message: stopped.message, hint: stopped.hint ?? null }, totals: fetchTotals(result), warnings: [...warnings],
  }
}

/** The document of a dry run. */
export function plannedDocument(version: string, parameters: FetchParameters, { provider, requests, descriptions, quotas, seconds, byTimespan }: DryRun): v.InferInput<typeof planned> {
  return { version, parameters, provider, requests, descriptions, quotas: [...quotas], seconds, by_timespan: [...byTimespan] }
}

/** The document of a job. */
export function jobDocument(found: Job, timespans: readonly AuditTotals[], auditFile: string): v.InferInput<typeof job> {
  const { jobId, kind, state, alive, progress, message, runId, request, result, createdAt, startedAt, finishedAt } = found
  return {
    job: jobId, kind, state, alive, progress, message, run: runId, request, result, created_at: instantText(createdAt), started_at: instantOrNull(startedAt), finished_at: instantOrNull(finishedAt),
    timespans: timespans.map(({ heldBack, ...totals }) => ({ ...totals, held_back: heldBack })), audit_file: auditFile,
  }
}
