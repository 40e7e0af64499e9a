import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { Finding } from './findings-list.js'

/** A finding that is kept from changing. */
export type LockedFinding = Pick<Finding, 'findingId' | 'state' | 'cause' | 'date'>

/** Findings by their numbers, which nothing else changes until the transaction ends. */
export async function lockFindings(db: Queryable, ids: readonly number[]): Promise<LockedFinding[]> {
  const { rows } = await db.query<LockedFinding>(
    'select finding_id as "findingId", state, cause, date from findings where finding_id = any ($1::bigint[]) order by finding_id for update', [ids])
  return rows
}

/** Writes down what a person says of findings. */
export async function setExplained(db: Queryable, ids: readonly number[], { reason, by, runId }: { reason: string; by: string; runId: number }): Promise<void> {
  await db.query(`
    update findings set state = 'explained', cause = 'person', reason = $2, explained_by = $3, run_id = $4, changed_at = clock_timestamp()
    where finding_id = any ($1::bigint[])`, [ids, reason, by, runId])
}

/** Takes back what a person said of findings. */
export async function setOpen(db: Queryable, ids: readonly number[], runId: number): Promise<void> {
  await db.query(`
    update findings set state = 'open', cause = null, reason = null, explained_by = null, run_id = $2, changed_at = clock_timestamp()
    where finding_id = any ($1::bigint[])`, [ids, runId])
}

/** Has the marks of judged dates say what their scores in the log have lost. */
export async function updateLost(db: Queryable, dates: readonly IsoDate[]): Promise<void> {
  await db.query(`
    update quality_marks m set lost = (select coalesce(sum(1 - l.score), 0) from data_quality_log l where l.date = m.date)
    where m.date = any ($1::date[]) and m.judged`, [dates])
}
