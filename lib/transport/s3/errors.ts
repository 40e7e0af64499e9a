import { ForbiddenError, SourceError, UsageError } from '../../domain/errors.js'
import { refusalOfStatus, type Refusal } from '../../domain/refusals.js'
import { TransientError } from '../retry.js'
import type { S3Place } from './place.js'

/** What an error of the SDK, or of the network below it, tells. */
interface Failure {
  /** S3's error code, or the SDK's or node's name for it. */
  name: string
  /** Of the HTTP answer; undefined when there was none. */
  status: number | undefined
  /** Node's code for a network error. */
  network: string | undefined
  retryAfterMs: number
  /** Without headers, which hold signatures. */
  cause: Error
}

interface Trouble {
  code: string
  message: string
  hint: string
}

const PASSING_NETWORK = new Set([
  'ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN',
])
const NEVER_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'])
const BUSY = new Set(['SlowDown', 'RequestTimeout', 'TooManyRequests', 'Throttling', 'ThrottlingException', 'InternalError', 'ServiceUnavailable'])
const TOO_OFTEN = new Set(['SlowDown', 'TooManyRequests', 'Throttling', 'ThrottlingException'])
const ELSEWHERE = new Set(['PermanentRedirect', 'TemporaryRedirect', 'Redirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired', 'RequestExpired'])
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError'])

/** The error to throw when a place could not be listed: it cannot be used at all, unless the failure may pass. */
export function listError(error: unknown, place: S3Place, answered: boolean): Error {
  const failure = failureOf(error)
  const { code, message, hint } = placeTrouble(failure, place) ?? networkTrouble(failure, place)
  const final = new UsageError(code, message, { hint, cause: failure.cause })
  // an endpoint that has never answered is more likely misspelt than down
  const misspelt = !answered && NEVER_REACHED.has(failure.network ?? '')
  return mayPass(failure) && !misspelt ? new TransientError(final, failure.retryAfterMs, refusalOf(failure)) : final
}

/** The error to throw when an object could not be read: its date fails, unless the failure may pass. */
export function objectError(error: unknown, place: S3Place, key: string, offset: number): Error {
  const failure = failureOf(error)
  const { cause } = failure
  if (mayPass(failure)) return brokenBody(error, key, offset, failure.retryAfterMs)
  if (failure.status === 412) {
    return new SourceError('SOURCE_REPLACED', `${key} was replaced while it was being loaded`, { cause, hint: 'load the date again: it is listed anew' })
  }
  const trouble = placeTrouble(failure, place)
  if (trouble && trouble.code !== 'SOURCE_ACCESS_DENIED') return new SourceError(trouble.code, trouble.message, { hint: trouble.hint, cause })
  if (failure.status === 403) {
    return new ForbiddenError('SOURCE_FORBIDDEN', `${key} is refused to these credentials`, { cause, hint: 'the plan or policy behind the credentials may not include it' })
  }
  if (failure.status === 404) return new SourceError('SOURCE_GONE', `${key} is not there any more`, { cause })
  return new SourceError('SOURCE_REFUSED', `${key} cannot be read: ${failure.name}${failure.status === undefined ? '' : ` (HTTP ${failure.status})`}`, { cause })
}

/** The error of a body that broke at an offset: it is resumed there, and once that has failed too often the date fails. */
export function brokenBody(error: unknown, key: string, offset: number, retryAfterMs = 0): TransientError {
  const failure = failureOf(error)
  const { cause, name, network, status } = failure
  const what = status === undefined ? (network ?? (error as Error).message) : `${name}, HTTP ${status}`
  const final = new SourceError('SOURCE_NETWORK', `reading ${key} failed at byte ${offset} again and again: ${what}`, { cause, hint: 'the next run tries it again' })
  return new TransientError(final, retryAfterMs, refusalOf(failure))
}

/** The error to throw when an object that we keep could not be used: what `failed` makes of the reason, unless it may pass. */
export function keptError(error: unknown, place: S3Place, failed: (reason: string, cause: Error) => Error): Error {
  const failure = failureOf(error)
  const trouble = placeTrouble(failure, place)
  const reason = trouble && trouble.code !== 'SOURCE_ACCESS_DENIED' ? `${trouble.message}; ${trouble.hint}` : reasonOf(failure)
  const final = failed(reason, failure.cause)
  return mayPass(failure) ? new TransientError(final, failure.retryAfterMs) : final
}

/** Whether an error is the answer 404 or 403 to a HEAD. */
export function refusal(error: unknown): 'absent' | 'forbidden' | undefined {
  const { status, name } = failureOf(error)
  if (name === 'NoSuchBucket') return undefined
  return status === 404 ? 'absent' : status === 403 ? 'forbidden' : undefined
}

function failureOf(error: unknown): Failure {
  const seen = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number }; $response?: { statusCode?: number; headers?: Record<string, string> } }
  const status = seen.$metadata?.httpStatusCode ?? seen.$response?.statusCode
  const name = /^\w+$/.test(seen.name) ? seen.name : 'Error'
  const cause = new Error(NO_CREDENTIALS.has(name) ? name : `${name}: ${seen.message}`)
  const network = status === undefined && typeof seen.code === 'string' ? seen.code : undefined
  const seconds = Number(seen.$response?.headers?.['retry-after'])
  return { name, status, network, retryAfterMs: seconds > 0 ? seconds * 1000 : 0, cause }
}

/** S3 tells with 503 too that it is asked too often. */
function refusalOf({ name, status }: Failure): Refusal | undefined {
  return TOO_OFTEN.has(name) ? 'rate_limited' : refusalOfStatus(status)
}

function mayPass({ name, status, network }: Failure): boolean {
  if (status === undefined) return PASSING_NETWORK.has(network ?? '')
  return status >= 500 || status === 429 || BUSY.has(name)
}

/** What is wrong with the place or the credentials as a whole, when S3's answer says that something is. */
function placeTrouble({ name, status }: Failure, { bucket, region, endpoint = 'AWS' }: S3Place): Trouble | undefined {
  if (name === 'NoSuchBucket') {
    return { code: 'SOURCE_NO_BUCKET', message: `there is no bucket ${bucket} at ${endpoint}`, hint: 'check the source, and AWS_ENDPOINT_URL_S3 for a vendor other than AWS' }
  }
  if (name === 'InvalidAccessKeyId') {
    return { code: 'SOURCE_CREDENTIALS', message: `${endpoint} does not know the access key for ${bucket}`, hint: 'check AWS_ACCESS_KEY_ID; a vendor\'s S3 key is not its API key' }
  }
  if (name === 'SignatureDoesNotMatch') {
    return { code: 'SOURCE_CREDENTIALS', message: `${endpoint} refused the signature for ${bucket}: the secret does not belong to the access key`, hint: 'check AWS_SECRET_ACCESS_KEY' }
  }
  if (EXPIRED.has(name)) {
    return { code: 'SOURCE_CREDENTIALS_EXPIRED', message: `the session credentials for ${bucket} have expired or are not valid`, hint: 'renew them, or check AWS_SESSION_TOKEN' }
  }
  if (name === 'RequestTimeTooSkewed') {
    return { code: 'SOURCE_CLOCK', message: `${endpoint} refuses requests because this machine's clock is wrong`, hint: 'set the clock (timedatectl set-ntp true)' }
  }
  if (NO_CREDENTIALS.has(name)) {
    return { code: 'SOURCE_NO_CREDENTIALS', message: `there are no credentials for the bucket ${bucket}`, hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE' }
  }
  if (ELSEWHERE.has(name) || (status !== undefined && status >= 300 && status < 400)) {
    return { code: 'SOURCE_ELSEWHERE', message: `the bucket ${bucket} is not in the region ${region} at ${endpoint}`, hint: 'set AWS_REGION or AWS_ENDPOINT_URL_S3 to where it is' }
  }
  if (name === 'AccessDenied' || status === 403) {
    return { code: 'SOURCE_ACCESS_DENIED', message: `the credentials may not list the bucket ${bucket} at ${endpoint}`, hint: 'check AWS_ACCESS_KEY_ID and what its policy allows' }
  }
  return undefined
}

function reasonOf({ name, status, network }: Failure): string {
  return {
    ENOTFOUND: 'its host name is not known',
    ECONNREFUSED: 'nothing listens there',
  }[network ?? ''] ?? (status === undefined ? (network ?? name) : `${name}, HTTP ${status}`)
}

function networkTrouble(failure: Failure, { bucket, endpoint = 'AWS' }: S3Place): Trouble {
  return { code: 'SOURCE_UNREACHABLE', message: `the bucket ${bucket} cannot be listed at ${endpoint}: ${reasonOf(failure)}`, hint: 'check AWS_ENDPOINT_URL_S3 and the network' }
}
