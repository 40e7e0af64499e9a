import * as v from 'valibot'
import type { PolledSession } from '../features/fetch/poll/ports.js'
import type { PollRequest } from '../features/fetch/poll/request.js'
import { JOB_STATES } from '../store/fetches/jobs.js'
import { defineDocument, type DocumentOf } from './document.js'
import { fetchCounts } from './fetch-fields.js'
import { count, date } from './fields.js'

/** `ohlcv poll`: what came of it, when it ended. */
export const POLL = defineDocument('ohlcv.poll/1', v.strictObject({
  version: v.string(),
  parameters: v.strictObject({
    provider: v.string(),
    symbols: v.array(v.string()),
    /** Seconds from one tick to the next. */
    every: count,
    extended: v.boolean(),
    once: v.boolean(),
  }),
  seconds: v.number(),
  /** In order; the last one may have been interrupted. */
  sessions: v.array(v.strictObject({
    date,
    job: v.string(),
    state: v.picklist(JOB_STATES),
    /** Times at which was asked. */
    ticks: count,
    /** Those that were left out, since the one before took longer than the interval. */
    skipped: count,
    /** Those at which no symbol was answered. */
    failed: count,
    requests: count,
    bytes: count,
    ...fetchCounts,
    /** What was wrong with which symbol in the end. */
    faults: v.array(v.strictObject({ symbol: v.string(), code: v.string(), message: v.string() })),
  })),
}))

function sessionOf({ date, jobId, state, ticks, skipped, failed, requests, bytes, counts, faults }: PolledSession): DocumentOf<typeof POLL>['sessions'][number] {
  const { heldBack, ...others } = counts
  return {
    date, job: jobId, state, ticks, skipped, failed, requests, bytes, ...others, held_back: heldBack,
    faults: [...faults].map(([symbol, { code, message }]) => ({ symbol, code, message })),
  }
}

/** The document of a poll that ended. */
export function pollDocument({ symbols, every, extended, once }: PollRequest, provider: string, sessions: readonly PolledSession[], version: string, seconds: number): DocumentOf<typeof POLL> {
  return { version, parameters: { provider, symbols: [...symbols], every, extended, once }, seconds, sessions: sessions.map(sessionOf) }
}
