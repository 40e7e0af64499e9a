import type pg from 'pg'
import type { Failpoint } from '../../domain/failpoint.js'
import type { Queryable } from '../../postgres/database.js'
import { databaseFailure } from '../../postgres/failures.js'
import { endTransaction, type OpenTransaction } from '../../postgres/transactions.js'
import type { Runtime } from './runtime.js'
import { watchAbort } from './watch-abort.js'

/** What was done in a transaction. */
interface Done<T> {
  result: T
  /** Whether it is there: a record that it alone can have left tells. */
  isThere: (db: Queryable) => Promise<boolean>
}

/** How a transaction begins, and the steps around its COMMIT. */
export interface CommittedOnce {
  begin: (client: pg.ClientBase) => Promise<OpenTransaction>
  before: Failpoint
  after: Failpoint
}

/**
 * Does work in a transaction that is committed once, whatever becomes of the connection: where it broke with COMMIT on its way, what the work has left tells
 * whether it was done. An abort of the signal cancels what the server is doing, unless COMMIT has been sent.
 * @param work undefined: nothing is to be committed
 */
export async function commitOnce<T>({ db, signal, failpoint }: Runtime, { begin, before, after }: CommittedOnce, work: (client: pg.PoolClient) => Promise<Done<T> | undefined>): Promise<T | undefined> {
  let lost: OpenTransaction | undefined
  let sent: Done<T> | undefined
  return db.run(signal, async (client) => {
    if (lost !== undefined) await endTransaction(client, lost)
    if (sent !== undefined && (await sent.isThere(client))) return sent.result
    sent = undefined
    signal.throwIfAborted()
    const watch = watchAbort(db.pool, client, signal)
    watch.begin()
    try {
      lost = await begin(client)
      const done = await work(client)
      if (done === undefined) {
        await client.query('rollback')
        return undefined
      }
      await failpoint(before)
      signal.throwIfAborted()
      // From here on the server alone decides.
      watch.end()
      sent = done
      await client.query('commit')
      await failpoint(after)
      return done.result
    } catch (error) {
      if (sent === undefined) signal.throwIfAborted()
      // On a connection that is gone the server rolls back by itself; the first error is the one to tell.
      if (databaseFailure(error) !== 'session') await client.query('rollback').catch(() => undefined)
      throw error
    } finally {
      watch.end()
    }
  })
}
