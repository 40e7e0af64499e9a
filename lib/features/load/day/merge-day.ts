import type pg from 'pg'
import { sameSums, type BarSums } from '../../../store/bars/sums.js'
import { lastRows } from '../../../postgres/database.js'
import { databaseFailure } from '../../../postgres/failures.js'
import { coverageOn, setCoverage } from '../../../store/ledger/coverage.js'
import { appendLineage } from '../../../store/ledger/lineage.js'
import { loadedDay, setDay, type LoadedDay } from '../../../store/ledger/days.js'
import { replaceRejects } from '../../../store/ledger/rejects.js'
import { replaceUnknownSymbols } from '../../../store/ledger/unknown-symbols.js'
import { tryLockDate } from '../../../postgres/locks.js'
import { takeFillsAway } from '../../../store/bars/fills.js'
import { applyDifference, compare, insertAll, storedSums, type Compared, type Difference, type Scope } from '../../../store/bars/merge.js'
import { summarize } from '../../../store/bars/partitions.js'
import { SQLSTATE, sqlStateOf } from '../../../postgres/sqlstates.js'
import { STAGED_TOKEN } from '../../../store/bars/staging.js'
import { lastIdentityChange } from '../../../store/universe/changes.js'
import type { Dataset } from '../../../datasets/dataset.js'
import type { IsoDate } from '../../../domain/dates.js'
import { DatabaseError } from '../../../domain/errors.js'
import type { Failpoints } from '../../../domain/failpoint.js'
import type { SecuritySet } from '../../../domain/security-set.js'
import type { Tally } from '../../../domain/tally.js'
import { RULES_VERSION } from '../../../stages/rules.js'
import { logDuplicates, logMended, stateBefore } from './mending.js'
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
  /** The run that the load is kept with; null in a dry run, which compares and writes nothing. */
  runId: number | null
  /** The symbols of an override, or null. */
  selected: ReadonlySet<string> | null
  thresholds: Thresholds
  /** Take the version whatever it rejects or removes. */
  accept: boolean
  /** Merge also what is known to be unchanged. */
  force: boolean
  /** Write down what was wrong with the date, should anything have been. */
  mend: boolean
  failpoint: Failpoints
  /** Called just before COMMIT is sent; what it throws rolls back. */
  beforeCommit(): void
}

/** How a merge ended; only `committed` has changed anything. */
export type MergeResult =
  | { kind: 'committed'; difference: Difference; loadId: number }
  | { kind: 'compared' | 'unchanged'; difference: Difference }
  | { kind: 'locked' | 'universe_changed' }

/** A date that was staged, and how its merge ended. */
export interface MergedDay {
  staged: StagedDay
  result: MergeResult
}

/** The connection broke after COMMIT had been sent: only the ledger tells whether the load was committed. */
export class CommitUnknown extends DatabaseError {
  /** @param load as it is if it was committed */
  constructor(readonly loadId: number, readonly load: MergedDay, cause: unknown) {
    super('COMMIT_UNKNOWN', 'the connection was lost while the date was being committed', { hint: 'load again: it finds out', cause })
  }
}

/** Whether this version is the one the date stands at, read by the same rules; whether its bars are still there is another question. */
function isSameVersion(day: LoadedDay | undefined, staged: StagedDay): boolean {
  return day !== undefined && day.version === staged.version && day.rulesVersion === RULES_VERSION && !day.stale
}

/** What a merge has found out before it writes. */
interface Comparison extends Compared {
  day: LoadedDay | undefined
  scope: Scope
}

/**
 * What is stored must be what was staged, or something on the server swallows or alters bars.
 * @throws DatabaseError STORED_DIFFERS
 */
async function requireStored(client: pg.ClientBase, scope: Scope, sums: BarSums): Promise<void> {
  const stored = await storedSums(client, scope)
  if (sameSums(stored, sums)) return
  const what = stored.rowCount === sums.rowCount ? `${stored.rowCount} bars with other values` : `${stored.rowCount} bars instead of ${sums.rowCount}`
  throw new DatabaseError('STORED_DIFFERS', `after the merge ${scope.dataset.table} holds ${what} than the file gives; nothing was committed`, {
    hint: `look for a trigger, rule or policy on ${scope.dataset.table}`,
  })
}

/**
 * What was written is what was counted, or somebody else changes bars of the date just now and the ledger would be wrong about whose they are.
 * @throws DatabaseError STORED_DIFFERS
 */
function requireAlone({ dataset }: Scope, { inserted, updated }: Difference, written: number): void {
  if (written === inserted + updated) return
  throw new DatabaseError('STORED_DIFFERS', `bars of the date were changed while it was merged: ${written} had to be written to ${dataset.table} instead of ${inserted + updated}; nothing was committed`, {
    hint: `see who else writes to ${dataset.table}, and load the date again`,
  })
}

/** Which securities have bars of files on the date once this load is stored: under an override those it does not speak for as before. */
async function coveredBy(client: pg.ClientBase, { dataset, date, symbolIds }: Scope, { securities }: Tally): Promise<SecuritySet> {
  if (symbolIds === null) return securities
  const [covered] = await coverageOn(client, dataset, [date])
  for (const symbolId of symbolIds) covered!.delete(symbolId)
  for (const symbolId of securities) covered!.add(symbolId)
  return covered!
}

async function write(client: pg.ClientBase, job: MergeJob, runId: number, staged: StagedDay, { difference, sums, hasFills, day, scope }: Comparison): Promise<number> {
  const { dataset, date } = job
  const before = await stateBefore(client, job, { difference, hasFills, isRepair: day !== undefined && isSameVersion(day, staged) })
  await job.failpoint('before-lineage')
  const loadId = await appendLineage(client, {
    dataset: dataset.name,
    date,
    runId,
    provider: job.provider,
    objectKey: staged.file.key,
    version: staged.version,
    sizeBytes: staged.bytes.sizeBytes,
    sha256: staged.bytes.sha256,
    pulledAt: staged.pulledAt,
    counts: { ...staged.tally.counts, ...difference },
    rulesVersion: RULES_VERSION,
    identitySeq: staged.universe.identitySeq,
    symbols: job.selected === null ? null : [...job.selected].sort(),
  })
  await job.failpoint('after-lineage')
  if (hasFills) await takeFillsAway(client, scope, loadId)
  let written = difference.inserted + difference.updated
  if (difference.stored === 0) await insertAll(client, scope, loadId)
  else if (written + difference.removed > 0) written = await applyDifference(client, scope, { loadId, cause: isSameVersion(day, staged) ? 'repair' : 'vendor', difference })
  await requireStored(client, scope, sums)
  requireAlone(scope, difference, written)
  await setCoverage(client, dataset, date, await coveredBy(client, scope, staged.tally))
  await job.failpoint('after-merge')
  if (job.selected === null) {
    const { rejects, unknownSymbols } = staged.tally
    await replaceRejects(client, dataset.name, date, loadId, rejects)
    await replaceUnknownSymbols(client, dataset.name, date, unknownSymbols)
    await setDay(client, { dataset: dataset.name, date, loadId, ...sums, rejects: rejects.length, isMeasure: job.accept })
    if (before !== undefined) await logMended(client, job, { runId, before, pulledAt: staged.pulledAt })
    if (day === undefined || !isSameVersion(day, staged)) await logDuplicates(client, job, { runId, tally: staged.tally, pulledAt: staged.pulledAt })
  }
  return loadId
}

async function inTransaction(client: pg.ClientBase, job: MergeJob, staged: StagedDay): Promise<MergeResult> {
  const { dataset, date, runId, selected } = job
  const { universe, tally } = staged
  if (!(await tryLockDate(client, dataset, date))) return { kind: 'locked' }
  if ((await lastIdentityChange(client)) !== universe.identitySeq) return { kind: 'universe_changed' }
  const symbolIds = selected === null ? null : [...selected].flatMap((symbol) => universe.securityOn(symbol, date) ?? [])
  const scope = { dataset, date, symbolIds }
  const compared = await compare(client, scope)
  const { difference, sums } = compared
  const day = await loadedDay(client, dataset.name, date)
  const refused = job.accept ? undefined : refusal(tally, difference, selected === null ? (day?.largest ?? 0) : 0, job.thresholds)
  if (refused) throw refused
  if (runId === null) return { kind: 'compared', difference }
  const sameRows = difference.inserted + difference.updated + difference.removed === 0
  if (sameRows && day !== undefined && isSameVersion(day, staged) && sameSums(day, sums) && selected === null && !job.force) return { kind: 'unchanged', difference }
  const loadId = await write(client, job, runId, staged, { ...compared, day, scope })
  return { kind: 'committed', difference, loadId }
}

/**
 * Begins the transaction, and proves that this connection still leads to where the load was staged.
 * @throws DatabaseError SESSION_LOST
 */
async function begin(client: pg.ClientBase, { token }: StagedDay): Promise<void> {
  const found = await client.query<{ token: string }>(`${BEGIN}; ${STAGED_TOKEN}`).then(lastRows, (error: unknown) => {
    if (sqlStateOf(error) !== SQLSTATE.undefinedTable) throw error
    return []
  })
  if (found[0]?.token === token) return
  throw new DatabaseError('SESSION_LOST', 'the connection leads to another session of the server than the one that staged the date', {
    hint: 'is there a pooler in transaction mode in between? connect directly, or through one in session mode',
  })
}

/**
 * One transaction: lock the date, compare, merge, revisions, rejects, lineage, `days`; they are committed together or
 * not at all.
 * @throws SourceError when rule 2 refuses this version of the file; {@link CommitUnknown}; whatever else the database throws
 */
export async function mergeDay(client: pg.ClientBase, job: MergeJob, staged: StagedDay): Promise<MergeResult> {
  await job.failpoint('before-merge')
  let sent: Extract<MergeResult, { kind: 'committed' }> | undefined
  try {
    await begin(client, staged)
    const result = await inTransaction(client, job, staged)
    if (result.kind !== 'committed') {
      await client.query('rollback')
      return result
    }
    await job.failpoint('before-commit')
    job.beforeCommit()
    sent = result
    await client.query('commit')
    await job.failpoint('after-commit')
    await summarize(client, job).catch(() => undefined) // what it was to speed up is committed all the same
    return result
  } catch (error) {
    // On a connection that is gone the server rolls back by itself; the first error is the one to tell.
    await client.query('rollback').catch(() => undefined)
    throw sent && databaseFailure(error) === 'session' ? new CommitUnknown(sent.loadId, { staged, result: sent }, error) : error
  }
}
