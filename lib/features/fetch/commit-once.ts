import type pg from 'pg'
import { databaseFailure } from '../../postgres/failures.js'
import { endTransaction, type OpenTransaction } from '../../postgres/transactions.js'
import { isRecorded, recordAudit, type AuditRecord } from '../../store/fetches/audit.js'
import { beginFetched } from '../../store/fetches/staging.js'
import type { Runtime } from '../runs/runtime.js'
import { watchAbort } from '../runs/watch-abort.js'

/** What was done in a transaction, and the record by which it is known again. */
interface Done<T> {
  result: T
  audit: AuditRecord
}

/**
 * Does the work of a unit in a transaction that is committed once, whatever becomes of the connection: where it broke with COMMIT on its way, the audit record
 * tells whether it was done. An abort of the signal cancels what the server is doing, unless COMMIT has been sent.
 * @param work all but the audit record; undefined: nothing is to be committed
 */
export async function commitOnce<T>({ db, signal, failpoint }: Runtime, work: (client: pg.PoolClient) => Promise<Done<T> | undefined>): Promise<T | undefined> {
  let lost: OpenTransaction | undefined
  let sent: Done<T> | undefined
  return db.run(signal, async (client) => {
    if (lost !== undefined) await endTransaction(client, lost)
    if (sent !== undefined && (await isRecorded(client, sent.audit))) return sent.result
    sent = undefined
    signal.throwIfAborted()
    const watch = watchAbort(db.pool, client, signal)
    watch.begin()
    try {
      lost = await beginFetched(client)
      const done = await work(client)
      if (done === undefined) {
        await client.query('rollback')
        return undefined
      }
      await recordAudit(client, done.audit)
      await failpoint('fetch-before-commit')
      signal.throwIfAborted()
      // From here on the server alone decides.
      watch.end()
      sent = done
      await client.query('commit')
      await failpoint('fetch-after-commit')
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
