import { ChannelError } from './channel.js'
import type { FailedTry } from '../../store/alerts/deliveries.js'
import { OhlcvError } from '../../domain/errors.js'

const MINUTE = 60_000
const LONGEST = 60
/** What another side may ask for is no longer than a day. */
const LONGEST_ASKED = 24 * 60
const GIVEN_UP_AFTER = 7 * 24 * 60

/** Milliseconds from one try to the next, after so many that failed: one minute, two, four, at most an hour, and at least what was asked for in seconds. */
function waitAfter(tries: number, retryAfter: number | undefined): number {
  return Math.max(Math.min(2 ** (tries - 1), LONGEST), Math.min((retryAfter ?? 0) / 60, LONGEST_ASKED)) * MINUTE
}

/** What was written before is not tried any more. */
export const givenUpBefore = (now: Date): Date => new Date(now.getTime() - GIVEN_UP_AFTER * MINUTE)

/** How a try failed, the so-manieth, and when the next one is. What is no error of a channel may hold anything, and is not repeated. */
export function failedTry(error: unknown, tries: number, now: Date): FailedTry {
  const { code, message } = error instanceof OhlcvError ? error : { code: 'CHANNEL_FAILED', message: 'the channel failed in a way that it does not know' }
  const { permanent, retryAfter } = error instanceof ChannelError ? error : { permanent: false, retryAfter: undefined }
  return { code, message, nextTryAt: permanent ? null : new Date(now.getTime() + waitAfter(tries, retryAfter)) }
}
