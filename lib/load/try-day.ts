import type pg from 'pg'
import type { Logger } from 'pino'
import { cancelQuery, databaseFailure } from '../db/failures.js'
import { isCommitted } from '../db/ledger.js'
import { lockDate } from '../db/locks.js'
import { sqlStateOf } from '../db/sqlstates.js'
import { loadUniverse, type Universe } from '../db/universe.js'
import type { Dataset } from '../domain/dataset.js'
import type { IsoDate } from '../domain/dates.js'
import type { Failpoints } from '../domain/failpoint.js'
import type { DayFile, Source } from '../sources/source.js'
import { mergeDay, type Committed, type MergeResult } from './merge-day.js'
import type { Thresholds } from './refusal.js'
import { stageDay, type Limits, type StagedDay } from './stage-day.js'

/** How often a date is tried while what fails is the connection or a conflict with another transaction. */
const TRIES = 3

/** What the dates of a run share. */
export interface LoadContext {
  pool: pg.Pool
  dataset: Dataset
  source: Source
  runId: number
  /** The reading of the universe in use; replaced when an identity change is noticed. */
  universe: { current: Universe }
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
  const stage = async () => (progress.staged = await stageDay(client, { ...context, file, date: file.date, universe: context.universe.current, signal }))
  const merge = (staged: StagedDay) =>
    mergeDay(client, {
      ...context,
      date: file.date,
      provider: context.source.provider,
      universe: context.universe.current,
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
      context.universe.current = await loadUniverse(context.pool)
      staged = await stage()
    } catch (error) {
      if (databaseFailure(error) !== 'transaction' || tries === TRIES) throw error
      progress.committing = undefined
      context.log.warn({ date: file.date, code: sqlStateOf(error) }, 'conflict with another transaction, trying again')
    }
  }
}

/** After a connection broke with COMMIT sent: whether the server has committed. Waits for that transaction to end. */
async function wasCommitted(pool: pg.Pool, dataset: Dataset, date: IsoDate, loadId: number): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await lockDate(client, dataset, date)
    const committed = await isCommitted(client, loadId)
    await client.query('rollback')
    return committed
  } finally {
    client.release()
  }
}

/**
 * Stages and merges a date, on another connection where one was lost. An abort of the signal cancels what the server is
 * doing, unless COMMIT has been sent.
 * @throws whatever the source or the database threw last, or the signal's reason
 */
export async function tryDay(context: LoadContext, file: DayFile, signal: AbortSignal): Promise<TriedDay> {
  for (let tries = 1; ; tries++) {
    const progress: Progress = { staged: undefined, committing: undefined }
    const client = await context.pool.connect()
    const cancel = () => {
      if (progress.committing === undefined) cancelQuery(context.pool, client).catch(() => undefined)
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const tried = await onConnection(client, context, file, signal, progress)
      client.release()
      return tried
    } catch (error) {
      const isLost = databaseFailure(error) === 'session'
      client.release(isLost || signal.aborted)
      if (!isLost) throw signal.aborted ? signal.reason : error
      const { staged, committing } = progress
      if (staged && committing && (await wasCommitted(context.pool, context.dataset, file.date, committing.loadId))) {
        return { staged, result: committing }
      }
      // What came through stdin cannot be read a second time.
      if (tries === TRIES || file.key === '-') throw error
      context.log.warn({ date: file.date, code: sqlStateOf(error) }, 'the connection to the database was lost, trying again')
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}
