import { StatusError } from './status-error.js'

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

/** What is said of having something done. */
export interface ActOptions extends CallOptions {
  /** The same key again is the same action. */
  idempotencyKey?: string
}

/** The latest answers are kept with their tags, so that one that is still so need not be sent again. */
const MOST_KEPT = 100

const API = '/api/v1'
/** The query of the next page, as an answer links to it. */
const NEXT = /^<(\?[^>]*)>; rel="next"$/

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** Asks the status service at paths: for documents, for CSV, and to have something done. Whatever goes wrong is a {@link StatusError}. */
export class Asker {
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

  /** All rows at a path that gives CSV as well, their names first: page after page, where they come in pages. */
  async csv(path: string, query: Query = {}, call?: CallOptions): Promise<string> {
    let [rows, asked]: [string, string | undefined] = ['', queryText({ ...query, format: 'csv' })]
    while (asked !== undefined) {
      const [page, link]: [string, string | null] = await this.#ask(`${this.#base}${API}${path}${asked}`, { headers: { accept: 'text/csv' } }, call, async (response) => [await response.text(), response.headers.get('link')])
      rows += rows === '' ? page : page.slice(page.indexOf('\n') + 1)
      asked = NEXT.exec(link ?? '')?.[1]
    }
    return rows
  }

  /** The document that a path answers a body with. */
  post<T>(path: string, body: unknown, { idempotencyKey, ...call }: ActOptions = {}): Promise<T> {
    const headers = { accept: 'application/json', 'content-type': 'application/json', ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }) }
    return this.#ask(this.#url(path, {}), { method: 'POST', headers, body: JSON.stringify(body) }, call, async (response) => await response.json() as T)
  }

  #url(path: string, query: Query): string {
    return `${this.#base}${API}${path}${queryText(query)}`
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
