import type * as v from 'valibot'
import type { DocumentOf, DocumentType } from '../documents/document.js'
import type { BARS_QUERY, SERVICE_BARS } from '../documents/service/bars.js'
import type { FAILURES_QUERY, SERVICE_FAILURES } from '../documents/service/failures.js'
import type { FINDINGS_QUERY, SERVICE_FINDINGS } from '../documents/service/findings.js'
import type { LINEAGE, LINEAGE_QUERY } from '../documents/service/lineage.js'
import type { QUALITY_QUERY, SERVICE_QUALITY } from '../documents/service/quality.js'
import type { REJECTS_QUERY, SERVICE_REJECTS } from '../documents/service/rejects.js'
import type { REMEDIATION_QUERY, SERVICE_REMEDIATION } from '../documents/service/remediation.js'
import type { REVISIONS_QUERY, SERVICE_REVISIONS } from '../documents/service/revisions.js'
import type { RUN_QUERY, SERVICE_RUN } from '../documents/service/run.js'
import type { RUNS_QUERY, SERVICE_RUNS } from '../documents/service/runs.js'
import type { SUMMARY } from '../documents/service/summary.js'
import { StatusError } from './status-error.js'

export { StatusError }

// Everything imported from documents is a type: what a browser loads is this file and the error, and no package.

/** A document as the service answers with it. */
export type Answer<D extends DocumentType> = { schema: D['name'] } & DocumentOf<D>

/** What a path is asked, as it is checked by. */
export type Asked<Q extends v.GenericSchema> = v.InferInput<Q>

/** What is asked for behind a question mark; what is undefined or null is left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

/** How a client asks. */
export interface StatusClientOptions {
  /** Where the service is, for instance `http://127.0.0.1:8080`; left out: where the page of the client came from. */
  baseUrl?: string
  /** The token of a reader or an administrator, where the service wants one. */
  token?: string | null
  /** Instead of the platform's own. */
  fetch?: typeof globalThis.fetch
  /** Ends all requests of the client. */
  signal?: AbortSignal
}

/** What is said of one request. */
export interface CallOptions {
  signal?: AbortSignal
}

/** The latest answers are kept with their tags, so that one that is still so need not be sent again. */
const MOST_KEPT = 100

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** A client of the status service: a method a path, each with the document that it is answered with. Whatever goes wrong is a {@link StatusError}. */
export class StatusClient {
  readonly #base: string
  readonly #token: string | null
  readonly #fetch: typeof globalThis.fetch
  readonly #signal: AbortSignal | undefined
  readonly #kept = new Map<string, { tag: string; document: unknown }>()

  constructor({ baseUrl = '', token = null, fetch = globalThis.fetch, signal }: StatusClientOptions = {}) {
    this.#base = baseUrl.replace(/\/+$/, '')
    this.#token = token
    // A browser's own may be called on nothing but the window.
    this.#fetch = (...request) => fetch(...request)
    this.#signal = signal
  }

  /** What there is, how fresh, how good and from where. */
  summary(call?: CallOptions): Promise<Answer<typeof SUMMARY>> {
    return this.get('/status/summary', {}, call)
  }

  /** What was wrong with the data and what was done about it, the latest first. */
  remediation(query: Asked<typeof REMEDIATION_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_REMEDIATION>> {
    return this.get('/status/remediation', query, call)
  }

  /** Where every bar of a security came from. */
  lineage(query: Asked<typeof LINEAGE_QUERY>, call?: CallOptions): Promise<Answer<typeof LINEAGE>> {
    return this.get('/lineage', query, call)
  }

  /** The stored bars of a security. */
  bars(query: Asked<typeof BARS_QUERY>, call?: CallOptions): Promise<Answer<typeof SERVICE_BARS>> {
    return this.get('/bars', query, call)
  }

  /** How good dates are, or the dates of one security, as they were checked last. */
  quality(query: Asked<typeof QUALITY_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_QUALITY>> {
    return this.get('/quality', query, call)
  }

  /** What rules have found, the latest first. */
  findings(query: Asked<typeof FINDINGS_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_FINDINGS>> {
    return this.get('/quality/findings', query, call)
  }

  /** Bars that changed after they were first loaded, the latest change first. */
  revisions(query: Asked<typeof REVISIONS_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_REVISIONS>> {
    return this.get('/revisions', query, call)
  }

  /** Rows of day files that were kept out, the latest date first. */
  rejects(query: Asked<typeof REJECTS_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_REJECTS>> {
    return this.get('/rejects', query, call)
  }

  /** The latest runs, the newest first. */
  runs(query: Asked<typeof RUNS_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_RUNS>> {
    return this.get('/ingestion/runs', query, call)
  }

  /** One run: its dates with counts of rows and checksums, and what providers were asked. */
  run(id: number, query: Asked<typeof RUN_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_RUN>> {
    return this.get(`/ingestion/runs/${id}`, query, call)
  }

  /** Errors and retries of the last days, the latest first. */
  failures(query: Asked<typeof FAILURES_QUERY> = {}, call?: CallOptions): Promise<Answer<typeof SERVICE_FAILURES>> {
    return this.get('/ingestion/failures', query, call)
  }

  /** The document at a path below `/api/v1`; the very same object as before where it has not changed. */
  async get<T>(path: string, query: Query = {}, call?: CallOptions): Promise<T> {
    const url = this.#url(path, query)
    const kept = this.#kept.get(url)
    return this.#ask(url, { headers: { accept: 'application/json', ...(kept && { 'if-none-match': kept.tag }) } }, call, async (response) => {
      if (response.status === 304 && kept) return kept.document as T
      const document: unknown = await response.json()
      this.#keep(url, response.headers.get('etag'), document)
      return document as T
    })
  }

  /** The rows at a path that gives CSV as well. */
  csv(path: string, query: Query = {}, call?: CallOptions): Promise<string> {
    return this.#ask(this.#url(path, { ...query, format: 'csv' }), { headers: { accept: 'text/csv' } }, call, (response) => response.text())
  }

  /** Has the service do something; needs the token of an administrator. The same key again is the same action. */
  post<T>(path: string, body: unknown, { idempotencyKey, ...call }: CallOptions & { idempotencyKey?: string } = {}): Promise<T> {
    const headers = { accept: 'application/json', 'content-type': 'application/json', ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }) }
    return this.#ask(this.#url(path, {}), { method: 'POST', headers, body: JSON.stringify(body) }, call, async (response) => await response.json() as T)
  }

  #url(path: string, query: Query): string {
    return `${this.#base}/api/v1${path}${queryText(query)}`
  }

  #keep(url: string, tag: string | null, document: unknown): void {
    this.#kept.delete(url)
    if (tag !== null) this.#kept.set(url, { tag, document })
    for (const oldest of this.#kept.keys()) if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest)
  }

  /** @throws StatusError where the service cannot be reached, refuses, or is not what answers; the reason of a signal that ended it */
  async #ask<T>(url: string, init: { method?: string; headers: Record<string, string>; body?: string }, call: CallOptions | undefined, read: (response: Response) => Promise<T>): Promise<T> {
    const signals = [this.#signal, call?.signal].filter((signal) => signal !== undefined)
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0]
    const headers = { ...init.headers, ...(this.#token !== null && { authorization: `Bearer ${this.#token}` }) }
    let response: Response | undefined
    try {
      response = await this.#fetch(url, { ...init, headers, credentials: 'omit', ...(signal && { signal }) })
      if (!response.ok && response.status !== 304) throw await StatusError.of(response)
      return await read(response)
    } catch (cause) {
      if (cause instanceof StatusError) throw cause
      signal?.throwIfAborted()
      throw response ? StatusError.unreadable(response, cause) : StatusError.unreachable(cause)
    }
  }
}

/** All pages of a list, one after the other: `for await (const page of pagesOf((cursor) => client.runs({ cursor })))`. */
export async function* pagesOf<P extends { next_cursor: string | null }>(page: (cursor: string | undefined) => Promise<P>): AsyncGenerator<P> {
  let cursor: string | undefined
  do {
    const read = await page(cursor)
    yield read
    cursor = read.next_cursor ?? undefined
  } while (cursor !== undefined)
}
