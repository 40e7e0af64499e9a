import { setTimeout as delay } from 'node:timers/promises'
import { SourceError } from '../../domain/errors.js'
import { databaseFailure } from '../../postgres/failures.js'
import type { SteadyPool } from '../../postgres/steady-pool.js'
import { giveBack, type QuotaLimits, reserve, type Reservation, type UsedUp } from '../../store/fetches/quota.js'

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

  constructor(readonly provider: string, readonly limit: number, { period, used, renewed }: UsedUp) {
    super('QUOTA_USED_UP', `${provider} may be asked ${limit} times a ${period}, and ${used} are used`, {
      hint: `the next ${period} begins at ${renewed.toISOString().replace(/:\d\d\.\d{3}Z$/, '')} UTC; or raise the limit in providers.yaml if the plan has a higher one`,
    })
  }
}

interface Waiter {
  signal: AbortSignal
  resolve: (reservation: Reservation) => void
  reject: (error: unknown) => void
}

/** Most requests reserved at once. */
const MOST_AT_ONCE = 64

/** Serves those who wait in their order, all that wait at the moment by one question to the database. */
class QuotaGate implements Gate {
  #waiting: Waiter[] = []
  #asking = false

  constructor(private readonly db: SteadyPool, private readonly provider: string, private readonly limits: QuotaLimits) {}

  async pass(signal: AbortSignal): Promise<{ giveBack(): Promise<void> }> {
    signal.throwIfAborted()
    const { requestId, waitMs } = await new Promise<Reservation>((resolve, reject) => {
      this.#waiting.push({ signal, resolve, reject })
      void this.#serve()
    })
    const giveBack = () => this.#giveBack([requestId], signal)
    try {
      if (waitMs > 0) await delay(Math.ceil(waitMs), undefined, { signal })
      signal.throwIfAborted()
    } catch {
      await giveBack()
      throw signal.reason
    }
    return { giveBack }
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
    const { reserved, usedUp } = await this.db.run(signal, (client) => reserve(client, this.provider, this.limits, asking.length))
    for (const [index, { resolve, reject }] of asking.entries()) {
      const reservation = reserved[index]
      if (reservation) resolve(reservation)
      else reject(this.#usedUp(usedUp))
    }
  }

  #usedUp(usedUp: UsedUp | null): Error {
    const limit = usedUp?.period === 'day' ? this.limits.perDay : this.limits.perMonth
    if (!usedUp || limit === null) throw new Error('fewer requests were reserved than were wanted, for no reason')
    return new QuotaUsedUp(this.provider, limit, usedUp)
  }

  /** One that cannot be given back stays counted, which breaks no limit. */
  async #giveBack(requestIds: number[], signal: AbortSignal): Promise<void> {
    try {
      await this.db.run(signal, (client) => giveBack(client, this.provider, requestIds))
    } catch (error) {
      if (databaseFailure(error) === undefined) throw error
    }
  }
}

/** Keeps all processes that use this database within the limits of a provider. */
export function quotaGate(db: SteadyPool, provider: string, limits: QuotaLimits): Gate {
  return new QuotaGate(db, provider, limits)
}
