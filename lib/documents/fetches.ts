import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../datasets/timespan.js'
import type { Replayed } from '../features/fetch/answers/replay.js'
import type { Pruned } from '../features/fetch/answers/prune.js'
import { ANSWER_FORMS, FETCH_STATUSES } from '../store/fetches/fetches.js'
import type { FetchCount, ListedFetch } from '../store/fetches/list.js'
import { defineDocument, type DocumentOf } from './document.js'
import { fetchCounts } from './fetch-fields.js'
import { count, date, id, instant, instantOrNull, instantText } from './fields.js'

const text = v.nullable(v.string())
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const status = v.picklist(FETCH_STATUSES)

/** A request with its pages. */
const fetched = v.strictObject({
  fetch_id: id,
  job_id: v.string(),
  provider: v.string(),
  /** The answer of a request, or a file or table that was imported. */
  form: v.picklist(ANSWER_FORMS),
  /** Null: all symbols of a date. */
  symbol: text,
  symbol_id: v.nullable(id),
  timespan: v.picklist(TIMESPAN_NAMES),
  start: date,
  end: date,
  status,
  code: text,
  message: text,
  tries: count,
  ...fetchCounts,
  /** Of all bytes of the answer, and of its bars as stored. */
  raw_hash: v.nullable(sha256),
  bars_hash: v.nullable(sha256),
  bytes: count,
  rules_version: count,
  identity_seq: count,
  pulled_at: instant,
  duration_ms: count,
  /** When its bars were taken back; when its bodies were given up. */
  withdrawn_at: v.nullable(instant),
  pruned_at: v.nullable(instant),
})

/** `ohlcv fetches`: requests, the newest first; `counts` are of all that match, the most frequent status first. */
export const FETCHES = defineDocument('ohlcv.fetches/1', v.strictObject({
  fetches: v.array(fetched),
  counts: v.array(v.strictObject({ status, fetches: count, bars: count, bytes: count })),
}))

/** How a body can be found when it is looked for. */
export const PAGE_STATES = ['kept', 'pruned', 'gone', 'damaged', 'unreadable'] as const

/** `ohlcv fetches show`: a request and its bodies, in order; only of a kept one is the size known. */
export const FETCH_SHOWN = defineDocument('ohlcv.fetches.show/1', v.strictObject({
  fetch: fetched,
  kept_in: v.string(),
  pages: v.array(v.strictObject({ page: count, sha256, state: v.picklist(PAGE_STATES), bytes: v.nullable(count) })),
}))

/** `ohlcv fetches prune`: whose bodies were given up, and how many bodies that were. */
export const FETCHES_PRUNE = defineDocument('ohlcv.fetches.prune/1', v.strictObject({
  before: instant,
  dry_run: v.boolean(),
  fetches: count,
  bodies: count,
  /** Bodies that stay because a younger answer is the same. */
  shared: count,
  /** Whether those of the running month were left because a fetch is at work. */
  running_month_left: v.boolean(),
}))

/** What a replay came to. */
export const replayFields = {
  timespans: v.array(v.strictObject({
    timespan: v.picklist(TIMESPAN_NAMES),
    /** Answers read again; no longer kept; that could not be read. */
    answers: count,
    pruned: count,
    failed: count,
    /** Different bars that they give: the sum of the four after it. */
    bars: count,
    inserted: count,
    updated: count,
    unchanged: count,
    held_back: count,
    /** Bars taken out: withdrawn, or given by no answer. */
    removed: count,
    /** Bars left as they are, because what they stand on is no longer kept or cannot be read. */
    left: count,
    /** Rows of provider_bars written or taken out. */
    beside: count,
  })),
  /** Answers that could not be read: the first hundred of them. */
  failures: v.array(v.strictObject({
    fetch_id: id, provider: v.string(), symbol: text, timespan: v.picklist(TIMESPAN_NAMES), start: date, end: date, code: v.string(), message: v.string(),
  })),
}

/** `ohlcv fetches replay`: what the kept answers made of the stored bars, by timespan. */
export const FETCHES_REPLAY = defineDocument('ohlcv.fetches.replay/1', v.strictObject({ dry_run: v.boolean(), ...replayFields }))

function fetchData(fetch: ListedFetch): DocumentOf<typeof FETCHES>['fetches'][number] {
  return {
    fetch_id: fetch.fetchId, job_id: fetch.jobId, provider: fetch.provider, form: fetch.form, symbol: fetch.symbol, symbol_id: fetch.symbolId, timespan: fetch.timespan,
    start: fetch.start, end: fetch.end, status: fetch.status, code: fetch.code, message: fetch.message, tries: fetch.tries,
    bars: fetch.bars, inserted: fetch.inserted, updated: fetch.updated, unchanged: fetch.unchanged, held_back: fetch.heldBack, rejected: fetch.rejected,
    unknown: fetch.unknown, duplicates: fetch.duplicates, raw_hash: fetch.rawHash, bars_hash: fetch.barsHash, bytes: fetch.bytes,
    rules_version: fetch.rulesVersion, identity_seq: fetch.identitySeq, pulled_at: instantText(fetch.pulledAt), duration_ms: fetch.durationMs,
    withdrawn_at: instantOrNull(fetch.withdrawnAt), pruned_at: instantOrNull(fetch.prunedAt),
  }
}

/** The document of a list of fetches. */
export function fetchesDocument(fetches: readonly ListedFetch[], counts: readonly FetchCount[]): DocumentOf<typeof FETCHES> {
  return { fetches: fetches.map(fetchData), counts: [...counts] }
}

/** The document of one fetch. */
export function fetchDocument(fetch: ListedFetch, keptIn: string, pages: DocumentOf<typeof FETCH_SHOWN>['pages']): DocumentOf<typeof FETCH_SHOWN> {
  return { fetch: fetchData(fetch), kept_in: keptIn, pages }
}

/** The document of what was given up. */
export function pruneDocument({ before, fetches, bodies, shared, runningMonthLeft }: Pruned, dryRun: boolean): DocumentOf<typeof FETCHES_PRUNE> {
  return { before: instantText(before), dry_run: dryRun, fetches, bodies, shared, running_month_left: runningMonthLeft }
}

/** The {@link replayFields} of a replay. */
export function replayData({ timespans, failures }: Replayed) {
  return {
    timespans: timespans.map(({ heldBack, ...counts }) => ({ ...counts, held_back: heldBack })),
    failures: failures.map(({ fetchId, provider, symbol, timespan, start, end, code, message }) => ({ fetch_id: fetchId, provider, symbol, timespan, start, end, code, message })),
  }
}

/** The document of a replay. */
export function replayDocument(replayed: Replayed, dryRun: boolean): DocumentOf<typeof FETCHES_REPLAY> {
  return { dry_run: dryRun, ...replayData(replayed) }
}
