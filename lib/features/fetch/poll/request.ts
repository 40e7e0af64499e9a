import * as v from 'valibot'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { choice, object, readRequest, symbols, text, whole } from '../../runs/request-fields.js'

/** Seconds in the longest interval. */
const HOUR = 3600

/** Everything that decides what is polled, and what it costs. */
export const POLL_REQUEST = object({
  symbols: v.pipe(symbols, v.transform((all) => [...new Set(all)])),
  /** Seconds from one tick to the next. */
  every: whole(1, HOUR),
  /** Whom to ask, by any of its names. */
  provider: v.optional(text('the name of a provider'), () => BAR_PROVIDERS[0].name),
  /** The hours before the open and after the close too. */
  extended: choice,
  /** One session, and then the end. */
  once: choice,
  /** Requests at once. */
  lanes: whole(1, 64),
})

/** A poll as it is asked for. */
export type PollRequest = v.InferOutput<typeof POLL_REQUEST>

/** Judges a request, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readPollRequest(input: unknown): PollRequest {
  return readRequest(POLL_REQUEST, input)
}
