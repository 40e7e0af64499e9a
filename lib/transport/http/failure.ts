import { SourceError } from '../../domain/errors.js'

/** A request that got no answer, or one that cannot be used whatever it says. Without the cause: parsers keep bytes of the answer in theirs, and those may repeat a key. */
export class HttpFailure extends SourceError {
  /** Of the answer, where one had begun. */
  readonly status: number | null
  /** Bytes of its body that came. */
  readonly bytes: number
  /** Whether it may pass. */
  readonly again: boolean
  /** Whether the request can have reached the server. */
  readonly sent: boolean

  constructor(code: string, message: string, options: { hint?: string; status?: number | null; bytes?: number; again?: boolean; sent?: boolean } = {}) {
    super(code, message, options.hint === undefined ? {} : { hint: options.hint })
    this.status = options.status ?? null
    this.bytes = options.bytes ?? 0
    this.again = options.again ?? false
    this.sent = options.sent ?? true
  }
}

/** How far a request had come when it failed. */
export interface Progress {
  host: string
  timeoutMs: number
  status: number | null
  bytes: number
}

const UNREACHED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of that name (DNS)',
  EAI_AGAIN: 'its name cannot be looked up now (DNS)',
  ECONNREFUSED: 'it refuses connections',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
}
const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT'
const TIMEOUTS = new Set([CONNECT_TIMEOUT, 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])
const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|.*SELF_SIGNED|UNABLE_TO_|CRL_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED)/

/** What an error of the client, or of the network below it, means. */
export function httpFailure(error: unknown, { host, timeoutMs, status, bytes }: Progress): HttpFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code'
  const unreached = UNREACHED[code]
  if (unreached !== undefined) return new HttpFailure('HTTP_UNREACHABLE', `${host} cannot be reached: ${unreached}`, { again: true, sent: false })
  if (TIMEOUTS.has(code)) {
    const what = status === null ? 'gave no answer' : `had sent ${bytes} bytes of its answer, and no end of it,`
    return new HttpFailure('HTTP_TIMEOUT', `${host} ${what} within ${timeoutMs / 1000} s`, { status, bytes, again: true, sent: code !== CONNECT_TIMEOUT })
  }
  if (TLS.test(code)) {
    return new HttpFailure('HTTP_TLS', `${host} cannot be trusted: ${code}`, { sent: false, hint: 'its certificate is for another name, out of date, or signed by an authority that this machine does not know (NODE_EXTRA_CA_CERTS)' })
  }
  if (status === null) return new HttpFailure('HTTP_UNREACHABLE', `${host} broke the connection before it answered (reset: ${code})`, { again: true })
  return new HttpFailure('HTTP_CUT', `${host} cut its answer after ${bytes} bytes (${code})`, { status, bytes, again: true })
}
