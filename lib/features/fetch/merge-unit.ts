import type pg from 'pg'
import { DatabaseError } from '../../domain/errors.js'
import type { Universe } from '../../domain/universe.js'
import type { AuditRecord } from '../../store/fetches/audit.js'
import { addMetrics } from '../../store/fetches/metrics.js'
import { clearFetched } from '../../store/fetches/staging.js'
import type { Runtime } from '../runs/runtime.js'
import { readAgain, triesOf, workOfAttempt, type Attempt } from './attempt.js'
import { commitUnit } from './commit-unit.js'
import type { Failure } from '../runs/asking/failure.js'
import { mergeAttempt, type MergedAttempt } from './merge-attempt.js'
import type { Unit } from './plan.js'
import type { JobRun } from './run.js'

/** How often a unit is merged anew because symbols were given to other securities meanwhile. */
const TRIES = 3

/** A unit that has been asked for. */
export interface AskedUnit {
  unit: Unit
  /** In the order in which they were made. */
  attempts: readonly Attempt[]
  /** By which the answers were read. */
  universe: Universe
  startedAt: Date
  /** How they came to be chosen; null where there was no choice. */
  reason: string | null
  /** Whether one of those who were chosen among has bars that go into the table of bars. */
  mayFill: boolean
  /** Why nothing of them can be stored, whatever each of them gave. */
  failure: Failure | null
}

/** A unit as it was merged: by which reading, and what became of each of its attempts. */
export interface MergedUnit {
  asked: AskedUnit
  merged: readonly MergedAttempt[]
}

/** The unit read by another reading of the universe. @throws SourceError where an answer is gone or damaged */
export async function readAllAgain(run: JobRun, asked: AskedUnit, universe: Universe): Promise<AskedUnit> {
  return { ...asked, universe, attempts: await Promise.all(asked.attempts.map((attempt) => readAgain(run, asked.unit, attempt, universe))) }
}

/** The attempts in the order in which they are merged and counted: those trusted most first, so that none is stored and then replaced. */
export function byTrust({ authority }: JobRun, attempts: readonly Attempt[]): Attempt[] {
  return attempts.toSorted((a, b) => authority.indexOf(a.source.provider.name) - authority.indexOf(b.source.provider.name))
}

/** All attempts of a unit in the transaction at hand; undefined when the universe is another by now. */
async function mergeAttempts(client: pg.ClientBase, runtime: Runtime, run: JobRun, { unit, attempts, universe }: AskedUnit): Promise<MergedAttempt[] | undefined> {
  const merged = new Map<Attempt, MergedAttempt>()
  for (const attempt of byTrust(run, attempts)) {
    if (merged.size > 0) await clearFetched(client)
    const done = await mergeAttempt(client, runtime, run, unit, attempt, universe)
    if (done === undefined) return undefined
    merged.set(attempt, done)
  }
  // After all that waits for bars: who writes figures keeps others from writing theirs until the transaction ends.
  for (const [attempt, { counts }] of merged) {
    // What a file brought is no work of its provider.
    if (triesOf(attempt).length > 0) await addMetrics(client, attempt.source.provider.name, workOfAttempt(run, unit, attempt, counts.bars))
  }
  return attempts.map((attempt) => merged.get(attempt)!)
}

/**
 * Stores what the answers of a unit hold, in one transaction: bars, fills, `fetches`, the audit record, metrics.
 * @param auditOf what is to be written down, once it is known what was merged
 * @throws DatabaseError UNIVERSE_CHANGING; whatever the database throws
 */
export async function mergeUnit(runtime: Runtime, run: JobRun, read: AskedUnit, auditOf: (merged: MergedUnit) => AuditRecord): Promise<MergedUnit> {
  const { db, signal } = runtime
  let asked = read
  for (let tries = 1; tries <= TRIES; tries++) {
    const done = await commitUnit(runtime, async (client) => {
      const merged = await mergeAttempts(client, runtime, run, asked)
      return merged && { result: { asked, merged }, audit: auditOf({ asked, merged }) }
    })
    if (done !== undefined) return done
    asked = await readAllAgain(run, asked, await db.run(signal, (client) => run.universes.current(client)))
  }
  throw new DatabaseError('UNIVERSE_CHANGING', 'the universe kept changing while the answer was stored', { hint: 'fetch again: nothing of it was stored' })
}
