import type { Agent, Dispatcher } from 'undici'
import { withinTime } from '../time-limit.js'
import type { BaseUrl } from './base-url.js'
import { decoded } from './decode.js'
import { HttpFailure, httpFailure, type Progress } from './failure.js'

/** Most bytes of a body, as it comes and once decoded. The largest answers known have 8 MB. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
/** Most redirects of one request. */
const MAX_REDIRECTS = 3

export interface HttpOptions {
  base: BaseUrl
  /** Most milliseconds of one request, from its beginning to the last byte of the answer. */
  timeoutMs: number
  /** Most connections at a time. */
  connections: number
}

/** An answer, whole and decoded, whatever its status. */
export interface HttpAnswer {
  status: number
  /** What the header Retry-After says. */
  retryAfter: string | null
  body: Buffer
  /** Bytes of the body as they came. */
  bytes: number
}

/** GETs from one server by connections that are kept. */
export class HttpClient {
  #agent: Promise<Agent> | undefined

  constructor(private readonly options: HttpOptions) {}

  /**
   * @param path path and query below the base URL, as they travel
   * @throws HttpFailure, or the signal's reason
   */
  async get(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const { base, timeoutMs } = this.options
    const progress: Progress = { host: new URL(base.origin).host, timeoutMs, status: null, bytes: 0 }
    try {
      return await withinTime(timeoutMs, signal, (limit) => this.#follow(`${base.prefix}${path}`, headers, progress, limit))
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof HttpFailure ? error : httpFailure(error, progress)
    }
  }

  /** Resolves when nothing has to be loaded any more before a request can be sent. */
  async ready(): Promise<void> {
    await this.#opened()
  }

  /** Frees sockets, also those in use. */
  async close(): Promise<void> {
    await (await this.#agent)?.destroy()
  }

  async #follow(first: string, headers: Readonly<Record<string, string>>, progress: Progress, signal: AbortSignal): Promise<HttpAnswer> {
    const { origin } = this.options.base
    let path = first
    for (let redirects = 0; ; redirects++) {
      Object.assign(progress, { status: null, bytes: 0 })
      const response = await (await this.#opened()).request({ origin, path, method: 'GET', headers: { ...headers, 'accept-encoding': 'gzip, deflate' }, signal })
      progress.status = response.statusCode
      const raw = await bodyOf(response, progress)
      const location = redirection(response)
      if (location === undefined) {
        const body = await decoded(raw, header(response, 'content-encoding'), MAX_BODY_BYTES, progress)
        return { status: response.statusCode, retryAfter: header(response, 'retry-after') ?? null, body, bytes: raw.length }
      }
      path = redirected(location, `${origin}${path}`, redirects, progress)
    }
  }

  /** Loaded when first needed: most commands make no request. */
  #opened(): Promise<Agent> {
    const { connections, timeoutMs } = this.options
    // One limit for all of a request, see `get`, is stricter than undici's own from packet to packet.
    this.#agent ??= import('undici').then(({ Agent }) => new Agent({ connections, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: timeoutMs } }))
    return this.#agent
  }
}

function header({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

async function bodyOf({ body }: Dispatcher.ResponseData, progress: Progress): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    progress.bytes += chunk.length
    if (progress.bytes > MAX_BODY_BYTES) throw new HttpFailure('HTTP_TOO_LARGE', `${progress.host} sent an answer of more than ${MAX_BODY_BYTES} bytes`, { status: progress.status, bytes: progress.bytes })
  }
  return Buffer.concat(chunks)
}

/** Where the answer sends to; undefined where it sends nowhere. */
function redirection(response: Dispatcher.ResponseData): string | undefined {
  return [301, 302, 303, 307, 308].includes(response.statusCode) ? (header(response, 'location') ?? '') : undefined
}

/** The path and query to ask for instead. Only on the same server: headers hold a key. */
function redirected(location: string, from: string, redirects: number, { host, status, bytes }: Progress): string {
  const refused = (what: string): HttpFailure => new HttpFailure('HTTP_REDIRECTED', `${host} ${what}`, { status, bytes, hint: 'is its base URL right?' })
  if (location === '' || !URL.canParse(location, from)) throw refused('redirects to nowhere')
  const to = new URL(location, from)
  if (to.origin !== new URL(from).origin) throw refused(`redirects to ${to.protocol}//${to.host}, which is another server`)
  if (redirects >= MAX_REDIRECTS) throw refused(`redirects more than ${MAX_REDIRECTS} times`)
  return `${to.pathname}${to.search}`
}
