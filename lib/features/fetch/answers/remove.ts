import { fetchesToWithdraw, fillsToWithdraw, withdraw, type WithdrawFilter } from '../../../store/fetches/withdraw.js'
import type { KeptAnswers } from '../../../transport/answers/answers.js'
import type { Runtime } from '../../runs/runtime.js'
import { replayAnswers, type Replayed, type ReplayObserver } from './replay.js'

/** Whose fills are to be taken back, and on which dates. */
export interface RemoveRequest extends WithdrawFilter {
  /** Count, and change nothing. */
  dry_run: boolean
}

/** What was taken back, or would be. */
export interface RemovedFills {
  /** Requests whose bars do not count from now on. */
  fetches: number
  /** Filled bars that stood on them. */
  fills: number
  /** Requests that reach beyond the dates, and were left. */
  beyond: number
  /** What the answers that are left made of the dates. */
  replayed: Replayed
}

/**
 * Takes back what a provider or job filled in: its requests are withdrawn, and the answers that are left are replayed over their dates, so that older or
 * lesser ones stand again. Done once more it ends what was killed in between.
 */
export async function removeFills(runtime: Runtime, answers: KeptAnswers, request: RemoveRequest, observer: ReplayObserver = {}): Promise<RemovedFills> {
  const { db, now, signal, failpoint } = runtime
  const { fetches, beyond, range, symbols, grouped, timespans } = await fetchesToWithdraw(db.pool, request)
  const fills = await fillsToWithdraw(db.pool, request)
  const removed = { fetches, fills, beyond, replayed: { timespans: [], failures: [] } }
  if (request.dry_run || range === null) return removed
  await db.run(signal, (client) => withdraw(client, request, now()))
  await failpoint('fills-withdrawn')
  const touched = { job: null, provider: null, symbols: grouped ? null : symbols, grouped: true, timespans, range, dry_run: false }
  return { ...removed, replayed: await replayAnswers(runtime, answers, touched, observer) }
}
