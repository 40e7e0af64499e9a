import type pg from 'pg'
import type { Dataset } from '../domain/dataset.js'
import { appendLineage, loadedDay, replaceRejects, replaceUnknownSymbols, setDay, type LoadedDay } from '../db/ledger.js'
import { holdIdentities, tryLockDate } from '../db/locks.js'
import { applyDifference, compare, insertAll, summarize, type Difference } from '../db/merge.js'
import type { Universe } from '../db/universe.js'
import type { IsoDate } from '../domain/dates.js'
import type { Failpoints } from '../domain/failpoint.js'
import { RULES_VERSION } from '../stages/rules.js'
import { refusal, type Thresholds } from './refusal.js'
import type { StagedDay } from './stage-day.js'

// A partition that nobody has analyzed yet looks empty to the planner, which then loops over the date's bars. TimescaleDB
// refuses to merge a whole date into a compressed chunk unless told otherwise; any other server ignores its setting.
const BEGIN = 'begin; set local enable_nestloop = off; set local timescaledb.max_tuples_decompressed_per_dml_transaction = 0'

/** What a merge needs to know besides what is staged. */
export interface MergeJob {
  dataset: Dataset
  date: IsoDate
  provider: string
  runId: number
  universe: Universe
  /** The symbols of an override, or null. */
  selected: ReadonlySet<string> | null
  thresholds: Thresholds
  /** Take the version whatever it rejects or removes. */
  accept: boolean
  /** Merge also what is known to be unchanged. */
  force: boolean
  /** Compare only. */
  dryRun: boolean
  failpoint: Failpoints
  /** Called just before COMMIT is sent; what it throws rolls back. */
  onCommit(result: Committed): void
}

/** A merge whose COMMIT was sent. */
export interface Committed {
  kind: 'committed'
  difference: Difference
  loadId: number
}

/** How a merge ended; only `committed` has changed anything. */
export type MergeResult =
  | Committed
  | { kind: 'compared' | 'unchanged'; difference: Difference }
  | { kind: 'locked' | 'universe_changed' }

/** Whether this version is the one the date stands at, read by the same rules. */
function isSameVersion(day: LoadedDay | undefined, staged: StagedDay): boolean {
  return day !== undefined && day.sourceIdentity === staged.identity && day.rulesVersion === RULES_VERSION && !day.stale
}

async function write(client: pg.ClientBase, job: MergeJob, staged: StagedDay, difference: Difference, isRepair: boolean, symbolIds: number[] | null): Promise<number> {
  const { dataset, date } = job
  const scope = { dataset, date, symbolIds }
  await job.failpoint('before-lineage')
  const loadId = await appendLineage(client, {
    dataset: dataset.name,
    date,
    runId: job.runId,
    provider: job.provider,
    objectKey: staged.file.key,
    sourceIdentity: staged.identity,
    sizeBytes: staged.bytes.sizeBytes,
    sha256: staged.bytes.sha256,
    pulledAt: staged.pulledAt,
    counts: staged.tally.counts,
    difference,
    rulesVersion: RULES_VERSION,
    identitySeq: job.universe.identitySeq,
    symbols: job.selected === null ? null : [...job.selected].sort(),
  })
  await job.failpoint('after-lineage')
  if (difference.stored === 0) await insertAll(client, scope, loadId)
  else if (difference.inserted + difference.updated + difference.removed > 0) {
    await applyDifference(client, scope, loadId, isRepair ? 'repair' : 'vendor')
  }
  await job.failpoint('after-merge')
  if (job.selected === null) {
    await replaceRejects(client, dataset.name, date, loadId, staged.tally.rejects)
    await replaceUnknownSymbols(client, dataset.name, date, staged.tally.unknownSymbols)
    await setDay(client, dataset, date, loadId)
  }
  return loadId
}

async function inTransaction(client: pg.ClientBase, job: MergeJob, staged: StagedDay): Promise<MergeResult> {
  const { dataset, date, universe, selected } = job
  if (!(await tryLockDate(client, dataset, date))) return { kind: 'locked' }
  if ((await holdIdentities(client)) !== universe.identitySeq) return { kind: 'universe_changed' }
  const symbolIds = selected === null ? null : [...selected].flatMap((symbol) => universe.securityOn(symbol, date) ?? [])
  const difference = await compare(client, { dataset, date, symbolIds })
  const refused = job.accept ? undefined : refusal(staged.tally, difference, job.thresholds)
  if (refused) throw refused
  if (job.dryRun) return { kind: 'compared', difference }
  const sameVersion = isSameVersion(await loadedDay(client, dataset.name, date), staged)
  const sameRows = difference.inserted + difference.updated + difference.removed === 0
  if (sameVersion && sameRows && selected === null && !job.force) return { kind: 'unchanged', difference }
  const loadId = await write(client, job, staged, difference, sameVersion, symbolIds)
  return { kind: 'committed', difference, loadId }
}

/**
 * One transaction: lock the date, compare, merge, revisions, rejects, lineage, `days`; they are committed together or
 * not at all.
 * @throws SourceError when rule 2 refuses this version of the file; whatever the database throws
 */
export async function mergeDay(client: pg.ClientBase, job: MergeJob, staged: StagedDay): Promise<MergeResult> {
  await job.failpoint('before-merge')
  await client.query(BEGIN)
  try {
    const result = await inTransaction(client, job, staged)
    if (result.kind !== 'committed') {
      await client.query('rollback')
      return result
    }
    await job.failpoint('before-commit')
    job.onCommit(result)
    await client.query('commit')
    await job.failpoint('after-commit')
    await summarize(client, job).catch(() => undefined) // what it was to speed up is committed all the same
    return result
  } catch (error) {
    // On a connection that is gone the server rolls back by itself; the first error is the one to tell.
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
