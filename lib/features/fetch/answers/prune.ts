import { isoDate, type IsoDate } from '../../../domain/dates.js'
import {
  holdOffFetches, lastPruned, markPruned, neededBodies, prunableFetches, type Body, type PrunableFetch,
} from '../../../store/fetches/prune.js'
import { countBesideBefore, removeBesideBefore } from '../../../store/fetches/provider-bars.js'
import type { KeptAnswers } from '../../../transport/answers/answers.js'
import { inLanes } from '../../runs/in-lanes.js'
import type { Runtime } from '../../runs/runtime.js'

/** Fetches whose bodies are given up at once. */
const BATCH = 200
/** Bodies that are removed at once. */
const AT_ONCE = 16
const DAY_MS = 86_400_000
const EVER = new Date(0)

/** What is no longer to be kept. */
export interface PruneRequest {
  /** Bodies of answers that were asked for so many days ago; null: none. */
  answers_older_than: number | null
  /** Bars held beside that are of dates so many days ago; null: none. */
  bars_older_than: number | null
  dry_run: boolean
}

/** What was given up, or would have been; each with the moment before which that was, null where all is kept. */
export interface Pruned extends PrunedAnswers {
  barsBefore: IsoDate | null
  bars: number
}

interface PrunedAnswers {
  before: Date | null
  fetches: number
  bodies: number
  /** Bodies that stay because a fetch that is kept has the same. */
  shared: number
  /** Whether those of the running month were left because a fetch was at work. */
  runningMonthLeft: boolean
}

interface Pruning {
  runtime: Runtime
  answers: KeptAnswers
  before: Date
  dryRun: boolean
}

function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}

const keyOf = ({ provider, month, sha256 }: Body): string => `${provider}/${month}/${sha256}`

/** Removes the bodies of these fetches that no fetch that is kept shares. */
async function removeBodies({ runtime: { db, signal }, answers, before, dryRun }: Pruning, fetches: readonly PrunableFetch[]): Promise<{ bodies: number; shared: number }> {
  const all = new Map(fetches.flatMap(({ provider, pulledAt, pages }) => pages.map((sha256) => {
    const body = { provider, month: monthOf(pulledAt), sha256 }
    return [keyOf(body), { ...body, at: pulledAt }] as const
  })))
  const needed = new Set((await neededBodies(db.pool, [...all.values()], before, fetches.at(-1)?.fetchId ?? 0)).map(keyOf))
  const free = [...all].filter(([key]) => !needed.has(key)).map(([, body]) => body)
  if (!dryRun) await inLanes(free, AT_ONCE, signal, ({ provider, at, sha256 }) => answers.remove(provider, at, sha256))
  signal.throwIfAborted()
  return { bodies: free.length, shared: needed.size }
}

/**
 * Gives up the next fetches. They are marked first, so that none ever says that it is kept and is not; who is killed in between leaves bodies of one batch,
 * which the next prune removes.
 */
async function pruneBatch(pruning: Pruning, after: number): Promise<{ last: number | undefined; fetches: number; bodies: number; shared: number; left: boolean }> {
  const { runtime: { db, now, signal, failpoint }, dryRun } = pruning
  const guard = await db.connect(signal)
  try {
    // A fetch that is at work may just have found a body of this month, which it then does not write again.
    const left = await holdOffFetches(guard)
    const month = new Date(`${monthOf(now())}-01T00:00:00Z`)
    const before = left && month < pruning.before ? month : pruning.before
    if (after === 0) await removeBodies({ ...pruning, before: EVER }, (await lastPruned(db.pool)).filter(({ pulledAt }) => !left || pulledAt < month))
    const fetches = await prunableFetches(db.pool, before, after, BATCH)
    if (!dryRun) await markPruned(db.pool, fetches.map(({ fetchId }) => fetchId), now())
    await failpoint('prune-marked')
    return { last: fetches.at(-1)?.fetchId, fetches: fetches.length, ...(await removeBodies({ ...pruning, before }, fetches)), left: before !== pruning.before }
  } finally {
    await guard.query('rollback').catch(() => undefined)
    guard.release()
  }
}

/** Keeps the bodies of answers no longer that are older; the fetches themselves stay on record. */
async function pruneAnswers({ runtime, answers, dryRun }: Omit<Pruning, 'before'>, before: Date | null): Promise<PrunedAnswers> {
  const sum: PrunedAnswers = { before, fetches: 0, bodies: 0, shared: 0, runningMonthLeft: false }
  for (let after: number | undefined = before === null ? undefined : 0; after !== undefined;) {
    runtime.signal.throwIfAborted()
    const { last, fetches, bodies, shared, left } = await pruneBatch({ runtime, answers, before: before!, dryRun }, after)
    sum.fetches += fetches
    sum.bodies += bodies
    sum.shared += shared
    sum.runningMonthLeft ||= left
    after = last
  }
  return sum
}

/** Gives up what is no longer to be kept. A replay, or an answer that differs from the one before it, may bring bars back that were held beside: the next prune takes them out. */
export async function prune(runtime: Runtime, answers: KeptAnswers, { answers_older_than: age, bars_older_than: barsAge, dry_run: dryRun }: PruneRequest): Promise<Pruned> {
  const { db, now, signal } = runtime
  const daysAgo = (days: number): Date => new Date(now().getTime() - days * DAY_MS)
  const barsBefore = barsAge === null ? null : isoDate(daysAgo(barsAge).toISOString().slice(0, 10))
  const bars = barsBefore === null ? 0 : await db.run(signal, (client) => (dryRun ? countBesideBefore : removeBesideBefore)(client, barsBefore))
  return { ...(await pruneAnswers({ runtime, answers, dryRun }, age === null ? null : daysAgo(age))), barsBefore, bars }
}
