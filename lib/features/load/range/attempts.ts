import { databaseFailure } from '../../../postgres/failures.js'
import { appendAttempts, type Attempt } from '../../../store/runs/runs.js'
import type { Runtime } from '../../runs/runtime.js'
import type { DayResult } from '../day/result.js'
import type { LoadRun } from '../day/run.js'

/** Writes down how dates ended, in transactions of their own. Keeps what the database cannot take just now for later. */
export class AttemptLog {
  #pending: Attempt[] = []

  /** A dry run leaves no trace. */
  constructor(private readonly runtime: Runtime, private readonly run: Pick<LoadRun, 'runId' | 'dataset'>) {}

  async add(...days: DayResult[]): Promise<void> {
    this.#pending.push(...days)
    await this.flush()
  }

  /** Tries again to write what could not be written. */
  async flush(): Promise<void> {
    const { runtime: { db, log, signal }, run: { runId, dataset } } = this
    const attempts = this.#pending
    if (runId === null || attempts.length === 0) return
    this.#pending = []
    try {
      await db.run(signal, (client) => appendAttempts(client, runId, dataset.name, attempts))
    } catch (error) {
      if (databaseFailure(error) === undefined) throw error
      this.#pending.unshift(...attempts)
      log.warn({ attempts: this.#pending.length, reason: (error as Error).message }, 'could not write down how dates ended, will try again')
    }
  }
}
