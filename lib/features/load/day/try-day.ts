import type pg from 'pg'
import { databaseFailure } from '../../../postgres/failures.js'
import { isCommitted } from '../../../store/ledger/lineage.js'
import { endHolder, lockDate } from '../../../postgres/locks.js'
import { serverProcess } from '../../../postgres/session.js'
import { sqlStateOf } from '../../../postgres/sqlstates.js'
import type { IsoDate } from '../../../domain/dates.js'
import { DatabaseError } from '../../../domain/errors.js'
import type { DayFile } from '../../../sources/source.js'
import type { Runtime } from '../../runs/runtime.js'
import { watchAbort, type AbortWatch } from '../../runs/watch-abort.js'
import { limitsOf, thresholdsOf } from '../request.js'
import { CommitUnknown, mergeDay, type MergedDay } from './merge-day.js'
import type { LoadRun } from './run.js'
import { stageDay } from './stage-day.js'

/** How often a date is tried while what fails is the connection or a conflict with another transaction. */
const TRIES = 3
/** Stages and merges on one connection; again where the universe changed in between, or the transaction met a conflict. */
async function onConnection(client: pg.ClientBase, { log, now, signal, failpoint }: Runtime, run: LoadRun, file: DayFile, watch: AbortWatch): Promise<MergedDay> {
  const { request, dataset, source, selected, turns, runId } = run
  const { date } = file
  const stage = async () => {
    const universe = await run.universes.current(client)
    return stageDay(client, { dataset, source, file, date, universe, selected, limits: limitsOf(request), signal, now, failpoint, turns })
  }
  const job = {
    dataset, date, provider: source.provider, runId, selected, thresholds: thresholdsOf(request), accept: request.accept, force: request.force, mend: request.mend, failpoint,
    beforeCommit() {
      signal.throwIfAborted()
      // From here on the server alone decides.
      watch.end()
    },
  }

  let staged = await stage()
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted()
    try {
      const result = await mergeDay(client, job, staged)
      if (result.kind !== 'universe_changed' || tries === TRIES) return { staged, result }
      staged = await stage()
    } catch (error) {
      if (databaseFailure(error) !== 'transaction' || tries === TRIES) throw error
      watch.begin()
      log.warn({ date, code: sqlStateOf(error) }, 'conflict with another transaction, trying again')
    }
  }
}

/**
 * After a connection broke with COMMIT sent: whether the server has committed. The transaction has ended once its date
 * can be locked.
 * @throws DatabaseError COMMIT_UNKNOWN when the database cannot be asked
 */
async function wasCommitted({ db, signal }: Runtime, { dataset }: LoadRun, date: IsoDate, unknown: CommitUnknown, lost: number): Promise<boolean> {
  try {
    return await db.run(signal, async (client) => {
      await endHolder(client, dataset, date, lost)
      await client.query('begin')
      await lockDate(client, dataset, date)
      const committed = await isCommitted(client, unknown.loadId)
      await client.query('rollback')
      return committed
    })
  } catch (error) {
    if (databaseFailure(error) === undefined) throw error
    throw new DatabaseError(unknown.code, `${unknown.message}, and the database could not be asked since: ${(error as Error).message}`, {
      hint: 'load again: it finds out', cause: error,
    })
  }
}

/**
 * Stages and merges a date, on another connection where one was lost. An abort of the signal cancels what the server is
 * doing, unless COMMIT has been sent.
 * @throws whatever the source or the database threw last, or the signal's reason
 */
export async function tryDay(runtime: Runtime, run: LoadRun, file: DayFile): Promise<MergedDay> {
  const { db, log, signal } = runtime
  let lost: number | undefined
  for (let tries = 1; ; tries++) {
    const client = await db.connect(signal)
    const watch = watchAbort(db.pool, client, signal)
    watch.begin()
    try {
      if (lost !== undefined) await endHolder(client, run.dataset, file.date, lost)
      const merged = await onConnection(client, runtime, run, file, watch)
      // A cancellation may still be on its way to this connection: it must not meet the next user's query.
      client.release(signal.aborted)
      return merged
    } catch (thrown) {
      const error = thrown instanceof CommitUnknown ? thrown.cause : thrown
      const isLost = databaseFailure(error) === 'session'
      client.release(isLost || signal.aborted)
      lost = serverProcess(client)
      if (thrown instanceof CommitUnknown && (await wasCommitted(runtime, run, file.date, thrown, lost))) return thrown.load
      if (signal.aborted) throw signal.reason
      // What came through stdin cannot be read a second time.
      if (!isLost || tries === TRIES || file.key === '-') throw error
      log.warn({ date: file.date, code: sqlStateOf(error), reason: (error as Error).message }, 'the connection to the database was lost, trying again')
    } finally {
      watch.end()
    }
  }
}
