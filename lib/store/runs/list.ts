import type { IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'

/** What a run can be in; `died`: found unfinished, its process gone. */
export const RUN_STATES = ['running', 'succeeded', 'failed', 'interrupted', 'died'] as const

/** One invocation, as the ledger knows it. */
export interface Run {
  runId: number
  command: string
  parameters: Record<string, unknown>
  version: string
  status: (typeof RUN_STATES)[number]
  exitCode: number | null
  totals: Record<string, unknown> | null
  message: string | null
  startedAt: Date
  finishedAt: Date | null
  /** How many of its dates ended how. */
  outcomes: Partial<Record<Outcome, number>>
}

/** How one date of a run ended. */
export interface Attempt {
  date: IsoDate
  outcome: Outcome
  code: string | null
  message: string | null
  counts: Record<string, unknown> | null
  loadId: number | null
  startedAt: Date
  finishedAt: Date
}

/**
 * The latest runs, the newest first, or the one with this id. A running run holds a session advisory lock on
 * `0x6f686c6300000000 + run_id`; one without it has died, whether or not the ledger has been told.
 */
export async function latestRuns(db: Queryable, runId: number | null, limit: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(`
    select r.run_id as "runId", r.command, r.parameters, r.version, r.exit_code as "exitCode", r.totals, r.message,
           r.started_at as "startedAt", r.finished_at as "finishedAt",
           case when r.status = 'running' and not exists (
             select from pg_locks l
             where l.locktype = 'advisory' and l.granted and l.objsubid = 1
               and l.database = (select oid from pg_database where datname = current_database())
               and l.classid::bigint = 1869114467 + (r.run_id >> 32) and l.objid::bigint = r.run_id & 4294967295
           ) then 'died' else r.status end as status,
           coalesce((select jsonb_object_agg(outcome, dates)
                     from (select outcome, count(*) as dates from attempts a where a.run_id = r.run_id group by outcome) o), '{}') as outcomes
    from ingestion_runs r
    where $1::bigint is null or r.run_id = $1
    order by r.run_id desc
    limit $2`, [runId, limit])
  return rows
}

/** The attempts of a run by date, those that need attention first. */
export async function attemptsOf(db: Queryable, runId: number, limit: number | null): Promise<Attempt[]> {
  const { rows } = await db.query<Attempt>(`
    select date, outcome, code, message, counts, load_id as "loadId", started_at as "startedAt", finished_at as "finishedAt"
    from attempts
    where run_id = $1
    order by outcome in ('loaded', 'unchanged', 'holiday'), date, attempt_id
    limit $2`, [runId, limit])
  return rows
}
