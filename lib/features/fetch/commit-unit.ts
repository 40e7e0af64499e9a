import type pg from 'pg'
import { isRecorded, recordAudit, type AuditRecord } from '../../store/fetches/audit.js'
import { beginFetched } from '../../store/fetches/staging.js'
import { commitOnce, type CommittedOnce } from '../runs/commit-once.js'
import type { Runtime } from '../runs/runtime.js'

const UNIT: CommittedOnce = { begin: beginFetched, before: 'fetch-before-commit', after: 'fetch-after-commit' }

/**
 * Does the work of a unit in a transaction that is committed once, with its audit record, by which it is known again.
 * @param work all but the audit record; undefined: nothing is to be committed
 */
export function commitUnit<T>(runtime: Runtime, work: (client: pg.PoolClient) => Promise<{ result: T; audit: AuditRecord } | undefined>): Promise<T | undefined> {
  return commitOnce(runtime, UNIT, async (client) => {
    const done = await work(client)
    if (done === undefined) return undefined
    await recordAudit(client, done.audit)
    return { result: done.result, isThere: (db) => isRecorded(db, done.audit) }
  })
}
