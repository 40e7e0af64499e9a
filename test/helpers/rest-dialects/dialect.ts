import type { IncomingMessage } from 'node:http'
import { isLosslessNumber, parse } from 'lossless-json'
import type { RestFault } from '../rest-faults.js'
import type { RestBar, RestMarket } from '../rest-market.js'

/** A request as it came. */
export interface RestRequest {
  /** Milliseconds on a clock that never goes back (performance.now of the server's process). */
  at: number
  /** Path and query. */
  url: string
  headers: IncomingMessage['headers']
  /** Of the answer; 0 where the connection was broken instead. */
  status: number
}

/** What a request is answered by, beside the market. */
export interface Asking {
  /** The key that is let in. */
  key: string
  /** What answers say of themselves, where the vendor's do. */
  status: 'OK' | 'DELAYED'
  /** The number of the request. */
  id: number
}

/** What is answered before a fault changes it. */
export interface Answer {
  status: number
  /** Its content type; JSON without it. */
  type?: string
  /** Rows in the form that faults change, whatever that of the vendor's answer is: see {@link rowOf}. Null where the answer has none. */
  rows: string[] | null
  /** The answer with its rows, in the vendor's form. */
  body: (rows: string[] | null) => string
}

/** Refusals that a vendor may have: it may pass; nothing more today; the key is not known; not for the plan of the key. */
export type Refusal = 'limited' | 'exhausted' | 'unknownKey' | 'notEntitled'

/** How one vendor answers about the market. */
export interface Dialect {
  /** The provider's name. */
  provider: string
  /** What a client of the server needs to know. */
  env: (url: string, key: string) => Record<string, string>
  answer: (market: RestMarket, request: RestRequest, asking: Asking) => Answer
  /** Its refusals in its own words; null where it has none such. */
  refusals: Record<Refusal, RestFault | null>
}

/** A bar as JSON, its numbers with all their digits: `t` when it begins, in milliseconds, `o` `h` `l` `c` `v`, and `n` for its trades. */
export function rowOf({ t, open, high, low, close, volume, transactions }: RestBar): string {
  return `{"t":${t},"o":${open},"h":${high},"l":${low},"c":${close},"v":${volume},"n":${transactions}}`
}

/** A row's fields: numbers as text with their digits, whatever else a fault has put there as it is. */
export function fieldsOf(row: string): Readonly<Record<string, unknown>> {
  const fields = (parse(row) ?? {}) as Record<string, unknown>
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isLosslessNumber(value) ? value.value : value]))
}
