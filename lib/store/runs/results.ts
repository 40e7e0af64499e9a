import type { AuditCounts } from '../fetches/audit.js'
import type { FetchStatus } from '../fetches/fetches.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import type { TimespanName } from '../../datasets/timespan.js'
import type { Queryable } from '../../postgres/database.js'

/** How a date of a run ended, with what stands there since. */
export interface DateResult {
  attemptId: number
  dataset: string
  date: IsoDate
  outcome: Outcome
  code: string | null
  /** As its version wrote them down. */
  counts: Record<string, unknown> | null
  loadId: number | null
  provider: string | null
  /** Of the file that the run found or left there; null where the date stands at another load by now, or at none. */
  sha256: string | null
  rowCount: number | null
  checksum: string | null
  startedAt: Date
  finishedAt: Date
}

/** The dates of a run in the order in which they ended, of those after the attempt given. What stands is the run's as long as no later load has been committed. */
export async function dateResults(db: Queryable, runId: number, after: number | null, limit: number): Promise<DateResult[]> {
  const { rows } = await db.query<DateResult>(`
    select a.attempt_id as "attemptId", a.dataset, a.date, a.outcome, a.code, a.counts, a.load_id as "loadId", s.provider, s.sha256, s.row_count as "rowCount", s.checksum,
           a.started_at as "startedAt", a.finished_at as "finishedAt"
    from (
      select * from attempts where run_id = $1 and ($2::bigint is null or attempt_id > $2) order by attempt_id limit $3
    ) a
    left join lateral (
      select l.provider, l.sha256, d.row_count, d.checksum
      from days d join lineage l using (load_id)
      where d.dataset = a.dataset and d.date = a.date and a.outcome in ('loaded', 'unchanged') and (l.load_id = a.load_id or l.committed_at <= a.finished_at)
      limit 1
    ) s on true
    order by a.attempt_id`, [runId, after, limit])
  return rows
}

/** How a symbol and length of bars of a run that asks providers ended. */
export interface UnitResult extends AuditCounts {
  auditId: number
  symbol: string
  timespan: TimespanName
  part: string
  provider: string
  status: FetchStatus
  code: string | null
  tries: number
  expected: number | null
  counted: number | null
  rawHash: string | null
  startedAt: Date
  finishedAt: Date
}

/** The units of the job that a run works on or worked on last, in the order in which they were first tried, of those after the one given. */
export async function unitResults(db: Queryable, runId: number, after: number | null, limit: number): Promise<UnitResult[]> {
  const { rows } = await db.query<UnitResult>(`
    select u.audit_id as "auditId", u.symbol, u.timespan, u.part, u.provider, u.status, u.code, jsonb_array_length(u.tries) as tries, u.expected, u.counted, u.bars, u.inserted, u.updated,
           u.unchanged, u.filled, u.held_back as "heldBack", u.raw_hash as "rawHash", u.started_at as "startedAt", u.finished_at as "finishedAt"
    from jobs j join ingestion_audit u using (job_id)
    where j.run_id = $1 and ($2::bigint is null or u.audit_id > $2)
    order by u.audit_id
    limit $3`, [runId, after, limit])
  return rows
}
