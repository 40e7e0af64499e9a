import { setTimeout as delay } from 'node:timers/promises'
import { SourceError } from '../../../domain/errors.js'
import { databaseFailure } from '../../../postgres/failures.js'
import type { SteadyPool } from '../../../postgres/steady-pool.js'
import { giveBack, type QuotaLimits, reserve, type UsedUp } from '../../../store/fetches/quota.js'

/** Leave to send one request. */
export interface Gate {
  /**
   * Resolves when the request may be sent. `giveBack` is for one that was not.
   * @throws QuotaUsedUp, or the signal's reason
   */
  pass(signal: AbortSignal): Promise<{ giveBack(): Promise<void> }>
}

/** A limit of the provider is used up. */
export class QuotaUsedUp extends SourceError {
  /** No other request of this job would fare better. */
  readonly stops = true

  readonly renewed: Date

  constructor(readonly provider: string, readonly limit: number, { period, used, renewed }: UsedUp) {
    super('QUOTA_USED_UP', `${provider} may be asked ${limit === 1 ? 'once' : `${limit} times`} a ${period}, and ${used} ${used === 1 ? 'is' : 'are'} used`, {
      hint: `the next ${period} begins at ${renewed.toISOString().replace(/:\d\d\.\d{3}Z$/, '')} UTC; or raise the limit in providers.yaml if the plan has a higher one`,
    })
    this.renewed = renewed
  }
}

/** A request that may be sent from one instant on the clock of `performance` to another. */
interface Turn {
  requestId: number
  at: number
  latest: number
}

interface Waiter {
  signal: AbortSignal
  resolve: (turn: Turn) => void
  reject: (error: unknown) => void
}

/** Most requests reserved at once. */
const MOST_AT_ONCE = 64
/** How many milliseconds after its instant a request may be sent where a second is limited: the margin of the reservations is larger. */
const LATEST = 25
/** How often an instant may be missed, by a process that is kept busy, until the request is sent all the same. */
const MOST_MISSED = 3

/** Serves those who wait in their order, all that wait at the moment by one question to the database. */
class QuotaGate implements Gate {
  #waiting: Waiter[] = []
  #asking = false
  /** The shortest time that a question and its answer were on their way. */
  #quickest = Infinity

  constructor(private readonly db: SteadyPool, private readonly provider: string, private readonly limits: QuotaLimits, private readonly latestMs: number) {}

  async pass(signal: AbortSignal): Promise<{ giveBack(): Promise<void> }> {
    for (let missed = 0; ; missed++) {
      signal.throwIfAborted()
      const { requestId, at, latest } = await this.#turn(signal).catch((error: unknown) => {
        signal.throwIfAborted()
        throw error
      })
      const giveBack = () => this.#giveBack(requestId, signal)
      const waitMs = at - performance.now()
      if (waitMs > 0) await delay(Math.ceil(waitMs), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) {
        await giveBack()
        throw signal.reason
      }
      if (this.limits.perSecond === null || performance.now() <= latest || missed === MOST_MISSED) return { giveBack }
      // Sent this late it could arrive in one second with the first of the next.
      await giveBack()
    }
  }

  #turn(signal: AbortSignal): Promise<Turn> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ signal, resolve, reject })
      void this.#serve()
    })
  }

  async #serve(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    for (;;) {
      const asking = this.#waiting.splice(0, MOST_AT_ONCE)
      const [first] = asking
      if (!first) break
      await this.#ask(asking, first.signal).catch((error: unknown) => {
        for (const { reject } of asking) reject(error)
      })
    }
    this.#asking = false
  }

  async #ask(asking: readonly Waiter[], signal: AbortSignal): Promise<void> {
    const { asked, onTheWay, reserved, usedUp } = await this.db.run(signal, async (client) => {
      const asked = performance.now()
      const answer = await reserve(client, this.provider, this.limits, asking.length)
      return { asked, onTheWay: performance.now() - asked - answer.tookMs, ...answer }
    })
    this.#quickest = Math.min(this.#quickest, onTheWay)
    for (const [index, { resolve, reject }] of asking.entries()) {
      const reservation = reserved[index]
      // The wait began once the question had come to the server: at most so late, and at least as it does at the quickest.
      if (reservation) resolve({ requestId: reservation.requestId, at: asked + onTheWay + reservation.waitMs, latest: asked + this.#quickest + reservation.waitMs + this.latestMs })
      else reject(this.#usedUp(usedUp))
    }
  }

  #usedUp(usedUp: UsedUp | null): Error {
    const limit = usedUp?.period === 'day' ? this.limits.perDay : this.limits.perMonth
    if (!usedUp || limit === null) throw new Error('fewer requests were reserved than were wanted, for no reason')
    return new QuotaUsedUp(this.provider, limit, usedUp)
  }

  /** One that cannot be given back stays counted, which breaks no limit. */
  async #giveBack(requestId: number, signal: AbortSignal): Promise<void> {
    try {
      await this.db.run(signal, (client) => giveBack(client, this.provider, [requestId]))
    } catch (error) {
      if (databaseFailure(error) === undefined) throw error
    }
  }
}

/**
 * Keeps all processes that use this database within the limits of a provider.
 * @param latestMs how many milliseconds after its instant a request may be sent where a second is limited
 */
export function quotaGate(db: SteadyPool, provider: string, limits: QuotaLimits, latestMs = LATEST): Gate {
  return new QuotaGate(db, provider, limits, latestMs)
}
