import { RECORDS, removeRecords } from '../../store/retention/records.js'
import type { Runtime } from '../runs/runtime.js'

const DAY_MS = 86_400_000

/** Which records of the work that was done are no longer to be kept. */
export interface PruneRequest {
  /** Those of so many days ago, and of earlier ones. */
  older_than: number
  dry_run: boolean
}

/** How many of each kind were removed, or would have been, and the moment before which they are old. */
export interface Pruned {
  before: Date
  records: { name: string; rows: number }[]
}

/**
 * Removes old records of the work that was done, all or nothing. What says of a bar where it came from stays for ever, and so does what a date was tried with.
 * @throws what the database says, where the login may not remove them
 */
export async function prune({ db, now }: Runtime, { older_than: days, dry_run: dryRun }: PruneRequest): Promise<Pruned> {
  const before = new Date(now().getTime() - days * DAY_MS)
  const client = await db.pool.connect()
  let isBroken = false
  try {
    await client.query('begin')
    const records: Pruned['records'] = []
    for (const kind of RECORDS) records.push({ name: kind.name, rows: await removeRecords(client, kind, before) })
    await client.query(dryRun ? 'rollback' : 'commit')
    return { before, records }
  } catch (error) {
    await client.query('rollback').catch(() => {
      isBroken = true
    })
    throw error
  } finally {
    client.release(isBroken)
  }
}
