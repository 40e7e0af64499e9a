import { ChannelError, type ChannelName, type Sent } from '../features/alerts/channel.js'
import { HttpFailure, httpFailure } from '../transport/http/failure.js'
import { withinTime } from '../transport/time-limit.js'

const TIMEOUT_MS = 20_000
/** Of an answer so much is read and nothing of it told: it may repeat what it was sent. */
const MAX_ANSWER_BYTES = 64 * 1024

/** What is wrong, by the code of the HTTP failure behind it. */
const FAILURES: Readonly<Record<string, [code: string, what: string]>> = {
  HTTP_TIMEOUT: ['CHANNEL_TIMEOUT', `gave no answer within ${TIMEOUT_MS / 1000} s`],
  HTTP_TLS: ['CHANNEL_TLS', 'cannot be trusted: its certificate is for another name, out of date, or signed by an authority that this machine does not know'],
}

/** By its status, why a server did not take a notice; undefined: it took it. */
function refused(status: number): { code: string; what: string; hint?: string; permanent?: true } | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status === 401 || status === 403) return { code: 'CHANNEL_LOGIN', what: `lets nobody in (status ${status})`, hint: 'make a new URL or token there, and set it' }
  if (status === 429) return { code: 'CHANNEL_BUSY', what: 'asks to wait (status 429)' }
  if (status >= 500 || status === 408 || status === 425) return { code: 'CHANNEL_BUSY', what: `cannot take it now (status ${status})` }
  if (status < 400 || [404, 405, 410].includes(status)) return { code: 'CHANNEL_ADDRESS', what: `is not at that address (status ${status})`, hint: 'correct its URL, or make a new one there' }
  return { code: 'CHANNEL_REFUSED', what: `refuses the notice (status ${status})`, permanent: true }
}

/** Whole seconds that a Retry-After asks to wait, from an instant on. */
function secondsOf(retryAfter: string | string[] | undefined, now: Date): number | undefined {
  if (typeof retryAfter !== 'string') return undefined
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter)
  const until = Date.parse(retryAfter)
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - now.getTime()) / 1000))
}

export interface Posted {
  channel: ChannelName
  /** Its URL, which is a secret. */
  url: URL
  headers: Readonly<Record<string, string>>
  body: string
  now: Date
}

/** Posts a JSON body, once and to nobody but the server named. @throws ChannelError, or the signal's reason */
export async function post({ channel, url, headers, body, now }: Posted, signal: AbortSignal): Promise<Sent> {
  // Loaded when something is told, which is seldom.
  const { request } = await import('undici')
  const progress = { host: channel, timeoutMs: TIMEOUT_MS, status: null as number | null, bytes: 0 }
  try {
    return await withinTime(TIMEOUT_MS, signal, async (limit) => {
      const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, signal: limit })
      progress.status = answer.statusCode
      await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal: limit })
      const fault = refused(answer.statusCode)
      if (fault === undefined) return { answer: `taken (status ${answer.statusCode})` }
      const { code, what, ...options } = fault
      const retryAfter = secondsOf(answer.headers['retry-after'], now)
      throw new ChannelError(code, `${channel} ${what}`, { ...options, ...(retryAfter !== undefined && { retryAfter }) })
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ChannelError) throw error
    const failure = error instanceof HttpFailure ? error : httpFailure(error, progress)
    const [code, what] = FAILURES[failure.code] ?? ['CHANNEL_UNREACHABLE', 'cannot be reached']
    throw new ChannelError(code, `${channel} ${what}`, { ...(code === 'CHANNEL_TLS' && { hint: 'name the authority with NODE_EXTRA_CA_CERTS' }) })
  }
}
