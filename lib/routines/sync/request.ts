import * as v from 'valibot'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES } from '../../calendar/exchanges.js'
import type { LoadRequestInput } from '../../features/load/request.js'
import { choice, number, object, oneOf, publication, range, readRequest, symbols, thresholds, whole } from '../../features/runs/request-fields.js'

/** A load of dates that are yet to be found out. */
export interface LoadOfDates extends Omit<LoadRequestInput, 'dates' | 'exchange' | 'publication' | 'dry_run'> {
  source: { uri: string }
}

const COMMON = {
  /** Whose sessions the dates are. */
  exchange: v.optional(oneOf(EXCHANGE_CODES), DEFAULT_EXCHANGE.code),
  /** Find out what there is to do, and write nothing. */
  dry_run: choice,
  /** Requests to providers at once. */
  lanes: whole(1, 64),
  thresholds,
  publication,
}

/** Everything that decides what a sync does, whoever asks for it. */
export const SYNC_REQUEST = object({
  ...COMMON,
  /** Calendar days, the latest session that has closed the last of them. */
  days: whole(1, 366),
  /** By which day files are loaded; null where there is no source of them. */
  load: v.nullable(v.custom<LoadOfDates>((input) => typeof input === 'object' && input !== null, 'must be a load without its dates')),
  /** Ask providers for sessions that have no day file. */
  fetch: v.optional(v.boolean('must be true or false'), true),
  /** Fill gaps; else they are counted. */
  fill: v.optional(v.boolean('must be true or false'), true),
  /** Percent of the sessions before on which a security that is expected had a bar. */
  usual_percent: number(1, 100),
})

/** A sync as it is asked for: by flags, a body or a job, all of them the same plain data. */
export type SyncRequest = v.InferOutput<typeof SYNC_REQUEST>

/** A sync of some symbols by providers. */
export const SYMBOLS_SYNC_REQUEST = object({
  ...COMMON,
  symbols,
  dates: range,
  /** The score below which a security is named. */
  minimum: number(0, 1),
})
export type SymbolsSyncRequest = v.InferOutput<typeof SYMBOLS_SYNC_REQUEST>

/** Judges a request, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readSyncRequest(input: unknown): SyncRequest {
  return readRequest(SYNC_REQUEST, input)
}

/** The same of some symbols. @throws UsageError REQUEST_INVALID */
export function readSymbolsSyncRequest(input: unknown): SymbolsSyncRequest {
  return readRequest(SYMBOLS_SYNC_REQUEST, input)
}
