import type pg from 'pg'
import type { Logger } from 'pino'
import { breakOff, cancelQuery, databaseFailure } from '../../../postgres/failures.js'
import { isCommitted } from '../../../store/ledger/lineage.js'
import { endHolder, lockDate } from '../../../postgres/locks.js'
import type { SteadyPool } from '../../../postgres/steady-pool.js'
import { serverProcess } from '../../../postgres/session.js'
import { sqlStateOf } from '../../../postgres/sqlstates.js'
import type { UniverseReadings } from './universe-readings.js'
import type { Dataset } from '../../../datasets/dataset.js'
import type { IsoDate } from '../../../domain/dates.js'
import { DatabaseError } from '../../../domain/errors.js'
import type { Failpoints } from '../../../domain/failpoint.js'
import type { DayFile, Source } from '../../../sources/source.js'
import { mergeDay, type Committed, type MergeResult } from './merge-day.js'
import type { Thresholds } from './refusal.js'
import { stageDay, type Limits, type StagedDay } from './stage-day.js'
import type { Turns } from './turns.js'

/** How often a date is tried while what fails is the connection or a conflict with another transaction. */
const TRIES = 3
/** How long the server may take to cancel a query before its connection is broken off. */
const CANCEL_MS = 2000

/** What the dates of a run share. */
export interface LoadContext {
  pool: pg.Pool
  /** Connections of the pool, for work that outlives a restart of the server. */
  steadyPool: SteadyPool
  dataset: Dataset
  source: Source
  runId: number
  /** Where each date gets the universe it is staged with. */
  universes: UniverseReadings
  /** The symbols of an override, or null. */
  selected: ReadonlySet<string> | null
  limits: Limits
  thresholds: Thresholds
  accept: boolean
  force: boolean
  dryRun: boolean
  now: () => Date
  log: Logger
  failpoint: Failpoints
  turns: Turns
}

/** A date on its way, and how far it got. */
interface Progress {
  staged: StagedDay | undefined
  /** Set once COMMIT has been sent. */
  committing: Committed | undefined
}

/** How a date that was staged and merged ended. */
export interface TriedDay {
  staged: StagedDay
  result: MergeResult
}

/** Stages and merges on one connection; again where the universe changed in between, or the transaction met a conflict. */
async function onConnection(client: pg.ClientBase, context: LoadContext, file: DayFile, signal: AbortSignal, progress: Progress): Promise<TriedDay> {
  const stage = async () => {
    const universe = await context.universes.current(client)
    return (progress.staged = await stageDay(client, { ...context, file, date: file.date, universe, signal }))
  }
  const merge = (staged: StagedDay) =>
    mergeDay(client, {
      ...context,
      date: file.date,
      provider: context.source.provider,
      onCommit(committed) {
        signal.throwIfAborted()
        progress.committing = committed
      },
    }, staged)

  let staged = await stage()
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted()
    try {
      const result = await merge(staged)
      if (result.kind !== 'universe_changed' || tries === TRIES) return { staged, result }
      staged = await stage()
    } catch (error) {
      if (databaseFailure(error) !== 'transaction' || tries === TRIES) throw error
      progress.committing = undefined
      context.log.warn({ date: file.date, code: sqlStateOf(error) }, 'conflict with another transaction, trying again')
    }
  }
}

/**
 * After a connection broke with COMMIT sent: whether the server has committed. The transaction has ended once its date
 * can be locked.
 * @throws DatabaseError COMMIT_UNKNOWN when the database cannot be asked
 */
async function wasCommitted({ steadyPool, dataset }: LoadContext, date: IsoDate, loadId: number, lost: number, signal: AbortSignal): Promise<boolean> {
  try {
    return await steadyPool.run(signal, async (client) => {
      await endHolder(client, dataset, date, lost)
      await client.query('begin')
      await lockDate(client, dataset, date)
      const committed = await isCommitted(client, loadId)
      await client.query('rollback')
      return committed
    })
  } catch (error) {
    if (databaseFailure(error) === undefined) throw error
    throw new DatabaseError('COMMIT_UNKNOWN', `the connection was lost while the date was being committed, and the database could not be asked since: ${(error as Error).message}`, {
      hint: 'load again: it finds out', cause: error,
    })
  }
}

/**
 * Once the signal is aborted: has the server give up what it does on this connection, and breaks the connection off when
 * the server does not answer; unless COMMIT has been sent. Returns what ends the watch.
 */
function stopOnAbort(pool: pg.Pool, client: pg.PoolClient, signal: AbortSignal, progress: Progress): () => void {
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    if (progress.committing !== undefined) return
    cancelQuery(pool, client).catch(() => undefined)
    timer = setTimeout(() => breakOff(client), CANCEL_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  return () => {
    signal.removeEventListener('abort', stop)
    clearTimeout(timer)
  }
}

/**
 * Stages and merges a date, on another connection where one was lost. An abort of the signal cancels what the server is
 * doing, unless COMMIT has been sent.
 * @throws whatever the source or the database threw last, or the signal's reason
 */
export async function tryDay(context: LoadContext, file: DayFile, signal: AbortSignal): Promise<TriedDay> {
  const { pool, steadyPool, dataset, log } = context
  let lost: number | undefined
  for (let tries = 1; ; tries++) {
    const progress: Progress = { staged: undefined, committing: undefined }
    const client = await steadyPool.connect(signal)
    const endWatch = stopOnAbort(pool, client, signal, progress)
    try {
      if (lost !== undefined) await endHolder(client, dataset, file.date, lost)
      const tried = await onConnection(client, context, file, signal, progress)
      // A cancellation may still be on its way to this connection: it must not meet the next user's query.
      client.release(signal.aborted)
      return tried
    } catch (error) {
      const isLost = databaseFailure(error) === 'session'
      client.release(isLost || signal.aborted)
      const { staged, committing } = progress
      lost = serverProcess(client)
      if (isLost && staged && committing && (await wasCommitted(context, file.date, committing.loadId, lost, signal))) return { staged, result: committing }
      if (signal.aborted) throw signal.reason
      // What came through stdin cannot be read a second time.
      if (!isLost || tries === TRIES || file.key === '-') throw error
      log.warn({ date: file.date, code: sqlStateOf(error), reason: (error as Error).message }, 'the connection to the database was lost, trying again')
    } finally {
      endWatch()
    }
  }
}
