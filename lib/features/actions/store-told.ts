import type pg from 'pg'
import { NO_CHANGES, sumOf, type ChangeCounts } from '../../domain/counts.js'
import { databaseFailure } from '../../postgres/failures.js'
import { shareIdentities } from '../../postgres/locks.js'
import { insertActionFetches, type ActionFetch } from '../../store/actions/fetches.js'
import { replaceDividends, replaceSplits } from '../../store/actions/told.js'
import { addMetrics } from '../../store/fetches/metrics.js'
import { workOf } from '../runs/asking/work.js'
import type { Runtime } from '../runs/runtime.js'
import type { ActionAnswer, ActionFault } from './ask.js'
import { dividendsOf, splitsOf } from './told.js'

/** Answers of one source about one security. */
export interface ToldBySource {
  runId: number
  source: string
  answers: readonly ActionAnswer[]
}

function fetchesOf({ runId, source, answers }: ToldBySource, fault: Pick<ActionFault, 'status' | 'code' | 'message'> | null): ActionFetch[] {
  return answers.map(({ symbol, range, pulledAt, tries, pages, told, fault: own }) => {
    const ended = own ?? fault
    return {
      runId, source, symbol, ...range, status: ended?.status ?? 'stored', code: ended?.code ?? null, message: ended?.message ?? null, tries: tries.length,
      splits: told.reduce((sum, { splits }) => sum + splits.length, 0), dividends: told.reduce((sum, { dividends }) => sum + dividends.length, 0), pages, pulledAt,
    }
  })
}

async function inTransaction<T>({ db, signal, failpoint }: Runtime, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return db.run(signal, async (client) => {
    signal.throwIfAborted()
    try {
      await client.query('begin')
      const done = await work(client)
      await failpoint('actions-before-commit')
      await client.query('commit')
      return done
    } catch (error) {
      // On a connection that is gone the server rolls back by itself; the first error is the one to tell.
      if (databaseFailure(error) !== 'session') await client.query('rollback').catch(() => undefined)
      throw error
    }
  })
}

/**
 * Replaces what the source told of the security on the dates that it was asked about, in one transaction with the record of what was asked.
 * @throws SourceError where the answers contradict themselves: then nothing is stored
 */
export async function storeTold(runtime: Runtime, by: ToldBySource): Promise<ChangeCounts> {
  const { source, answers } = by
  const told = answers.flatMap((answer) => answer.told)
  const [splits, dividends] = [splitsOf(told), dividendsOf(told)]
  const pulledAt = answers[0]!.pulledAt
  return inTransaction(runtime, async (client) => {
    await shareIdentities(client)
    const counts = sumOf(NO_CHANGES, [await replaceSplits(client, source, answers, splits, pulledAt), await replaceDividends(client, source, answers, dividends, pulledAt)])
    await insertActionFetches(client, fetchesOf(by, null))
    await addMetrics(client, source, workOf(answers.flatMap(({ tries }) => tries), 0))
    return counts
  })
}

/** Writes down that nothing could be stored, and why. */
export async function recordFault(runtime: Runtime, by: ToldBySource, fault: ActionFault): Promise<void> {
  await inTransaction(runtime, async (client) => {
    await insertActionFetches(client, fetchesOf(by, fault))
    await addMetrics(client, by.source, workOf(by.answers.flatMap(({ tries }) => tries), 0))
  })
}
