import type { TimespanName } from '../../datasets/timespan.js'
import type { Refusals } from '../../domain/refusals.js'
import { databaseFailure } from '../../postgres/failures.js'
import { logRemediation } from '../../store/quality/remediations.js'
import type { Runtime } from './runtime.js'

/** Who is asked in a run. */
export interface Asked {
  provider: string
  /** What is asked of it. */
  of: 'day files' | 'requests'
  refusals: Refusals
}

/** What is written down of it. */
interface Asking {
  runId: number
  /** Length of the bars that are asked for; null: several, or none in particular. */
  timespan: TimespanName | null
  asked: readonly Asked[]
}

/**
 * Does what a run asks servers for, and writes down at its end, whatever that is, what they refused meanwhile: one entry for each server and kind. That it cannot
 * be written costs the run a warning; nobody waits for it.
 */
export async function withRefusals<T>({ db, log, now }: Runtime, { runId, timespan, asked }: Asking, work: () => Promise<T>): Promise<T> {
  const beganAt = now()
  try {
    return await work()
  } finally {
    for (const { provider, of, refusals } of asked) {
      for (const [kind, { answers, givenUp, why }] of refusals.take()) {
        await logRemediation(db.pool, {
          kind, timespan, security: null, dates: null, provider, action: 'waited', state: givenUp === 0 ? 'resolved' : 'failed', occurrences: answers,
          before: { asked_for: of, given_up: givenUp }, after: null, message: why, runId, beganAt,
        }).catch((error: unknown) => {
          if (databaseFailure(error) === undefined) throw error
          log.warn({ provider, kind, answers, reason: (error as Error).message }, 'could not write down what a provider refused')
        })
      }
    }
  }
}
