import type { Refusal } from '../domain/refusals.js'

/** How failures that may pass are tried again. */
export interface RetryPolicy {
  /** Most attempts in a row that bring nothing new. */
  attempts: number
  /** The first wait is at most this, each next one at most twice the one before. */
  baseMs: number
  /** No wait is longer, but for what the server asks. */
  capMs: number
  /** Most time lost to failures in one piece of work: waits, and attempts that brought nothing. Time in which bytes flow is not counted. */
  budgetMs: number
}

/** What retrying needs of the world, so that tests need neither luck nor patience. */
export interface RetryTools {
  /** From 0 up to 1. */
  random: () => number
  /** Milliseconds on a clock that never goes back. */
  now: () => number
  /** Rejects when the signal is aborted. */
  delay: (ms: number, signal: AbortSignal) => Promise<void>
  /** Told of each failure that is about to be tried again. */
  onRetry: (failure: TransientError, waitMs: number) => void
  /** Told of the failure after which it is not tried again. */
  onGivenUp?: (failure: TransientError) => void
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 8, baseMs: 200, capMs: 20_000, budgetMs: 15 * 60_000 }

/** A failure that may pass: a broken connection, a server that is busy. `final` is what to throw once there are no more attempts. */
export class TransientError extends Error {
  constructor(
    readonly final: Error, readonly retryAfterMs = 0,
    /** Where a server said so itself. */
    readonly refusal?: Refusal,
  ) {
    super(final.message, { cause: final.cause })
  }
}

/**
 * Does the work, again after a TransientError, waiting with exponential backoff and full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or as long as the server asked if that is
 * longer. The work calls `progressed` when it got something new; from there the attempts are counted anew.
 * @throws the final error of the last failure, any other error of the work, or the signal's reason
 */
export async function retry<T>(
  work: (progressed: () => void) => Promise<T>, policy: RetryPolicy, tools: RetryTools, signal: AbortSignal,
): Promise<T> {
  let failures = 0
  let lostMs = 0
  let lastNews = tools.now()
  const progressed = () => {
    const now = tools.now()
    if (failures > 0) lostMs += now - lastNews
    failures = 0
    lastNews = now
  }
  for (;;) {
    signal.throwIfAborted()
    try {
      return await work(progressed)
    } catch (failure) {
      signal.throwIfAborted()
      if (!(failure instanceof TransientError)) throw failure
      failures++
      const waitMs = Math.max(failure.retryAfterMs, tools.random() * Math.min(policy.capMs, policy.baseMs * 2 ** (failures - 1)))
      const spentMs = lostMs + tools.now() - lastNews
      if (failures >= policy.attempts || spentMs + waitMs > policy.budgetMs) {
        tools.onGivenUp?.(failure)
        throw failure.final
      }
      tools.onRetry(failure, waitMs)
      await tools.delay(waitMs, signal).catch((error: unknown) => {
        signal.throwIfAborted()
        throw error
      })
    }
  }
}
