import type pg from 'pg'
import { NO_CHANGES, sumOf, type ChangeCounts } from '../../domain/counts.js'
import { shareIdentities } from '../../postgres/locks.js'
import { beginTransaction } from '../../postgres/transactions.js'
import { insertActionFetches, isActionFetchThere, type ActionFetch } from '../../store/actions/fetches.js'
import { replaceDividends, replaceSplits } from '../../store/actions/told.js'
import { addMetrics } from '../../store/fetches/metrics.js'
import { workOf } from '../runs/asking/work.js'
import { commitOnce, type CommittedOnce } from '../runs/commit-once.js'
import type { Runtime } from '../runs/runtime.js'
import type { ActionAnswer, ActionFault } from './ask.js'
import { dividendsOf, splitsOf } from './told.js'

const TOLD: CommittedOnce = { begin: beginTransaction, before: 'actions-before-commit', after: 'actions-after-commit' }

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

/** Does the work in one transaction with the record of what was asked, by which it is known again. */
async function commitTold(runtime: Runtime, by: ToldBySource, fault: ActionFault | null, work: (client: pg.PoolClient) => Promise<ChangeCounts>): Promise<ChangeCounts> {
  const fetches = fetchesOf(by, fault)
  const counts = await commitOnce(runtime, TOLD, async (client) => {
    const result = await work(client)
    await insertActionFetches(client, fetches)
    await addMetrics(client, by.source, workOf(by.answers.flatMap(({ tries }) => tries), 0))
    return { result, isThere: (db) => isActionFetchThere(db, fetches[0]!) }
  })
  return counts!
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
  return commitTold(runtime, by, null, async (client) => {
    await shareIdentities(client)
    return sumOf(NO_CHANGES, [await replaceSplits(client, source, answers, splits, pulledAt), await replaceDividends(client, source, answers, dividends, pulledAt)])
  })
}

/** Writes down that nothing could be stored, and why. */
export async function recordFault(runtime: Runtime, by: ToldBySource, fault: ActionFault): Promise<void> {
  await commitTold(runtime, by, fault, async () => NO_CHANGES)
}
