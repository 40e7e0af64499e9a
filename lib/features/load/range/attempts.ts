import type { Logger } from 'pino'
import { databaseFailure } from '../../../postgres/failures.js'
import type { SteadyPool } from '../../../postgres/steady-pool.js'
import { appendAttempts, type DateEnd } from '../../../store/runs/attempts.js'
import type { DayResult } from '../day/result.js'

/** Writes down how dates ended, in transactions of their own. Keeps what the database cannot take just now for later. */
export class AttemptLog {
  #pending: DateEnd[] = []

  /** @param runId null in a dry run, which leaves no trace */
  constructor(
    private readonly steadyPool: SteadyPool,
    private readonly runId: number | null,
    private readonly dataset: string,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  async add(...days: DayResult[]): Promise<void> {
    this.#pending.push(...days)
    await this.flush()
  }

  /** Tries again to write what could not be written. */
  async flush(): Promise<void> {
    const attempts = this.#pending
    if (this.runId === null || attempts.length === 0) return
    this.#pending = []
    try {
      const { runId } = this
      await this.steadyPool.run(this.signal, (client) => appendAttempts(client, runId, this.dataset, attempts))
    } catch (error) {
      if (databaseFailure(error) === undefined) throw error
      this.#pending.unshift(...attempts)
      this.log.warn({ attempts: this.#pending.length, reason: (error as Error).message }, 'could not write down how dates ended, will try again')
    }
  }
}
