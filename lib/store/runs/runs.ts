import type { Outcome } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'

/** Opens a run; returns its id. @param actionId what was asked of the status service and led to it; null: nothing was */
export async function openRun(db: Queryable, command: string, parameters: unknown, version: string, actionId: number | null = null): Promise<number> {
  const { rows } = await db.query<{ run_id: number }>(
    'insert into ingestion_runs (command, parameters, version, action_id) values ($1, $2, $3, $4) returning run_id',
    [command, JSON.stringify(parameters), version, actionId],
  )
  return rows[0]!.run_id
}

/** Takes back what somebody wrote down who could not tell that the run was alive. */
export async function reopenRun(db: Queryable, runId: number): Promise<void> {
  await db.query(`update ingestion_runs set status = 'running', finished_at = null, message = null where run_id = $1 and status = 'died'`, [runId])
}

/** How a run ended. */
export interface RunEnd {
  status: 'succeeded' | 'failed' | 'interrupted'
  exitCode: number
  totals: unknown
  message: string | null
}

/** Closes a run. */
export async function closeRun(db: Queryable, runId: number, { status, exitCode, totals, message }: RunEnd): Promise<void> {
  await db.query(
    `update ingestion_runs
        set status = $2, exit_code = $3, totals = $4, message = $5, finished_at = clock_timestamp()
      where run_id = $1`,
    [runId, status, exitCode, JSON.stringify(totals), message],
  )
}

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
  /** What was asked of the status service and led to it; null: nothing was. */
  actionId: number | null
  /** How many of its dates ended how. */
  outcomes: Partial<Record<Outcome, number>>
}

/** The state of a run of `ingestion_runs r`, as SQL: one that is not alive has died, whether or not the ledger has been told. */
export const RUN_STATUS = `case when r.status = 'running' and not ohlcv_run_is_alive(r.run_id) then 'died' else r.status end`

const RUNS = `
    select r.run_id as "runId", r.command, r.parameters, r.version, r.exit_code as "exitCode", r.totals, r.message, r.action_id as "actionId",
           r.started_at as "startedAt", r.finished_at as "finishedAt", ${RUN_STATUS} as status,
           coalesce((select jsonb_object_agg(outcome, dates)
                     from (select outcome, count(*) as dates from attempts a where a.run_id = r.run_id group by outcome) o), '{}') as outcomes
    from ingestion_runs r`

/** The latest runs, the newest first, or the one with this id. */
export async function latestRuns(db: Queryable, runId: number | null, limit: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(`${RUNS}
    where $1::bigint is null or r.run_id = $1
    order by r.run_id desc
    limit $2`, [runId, limit])
  return rows
}

/** Which runs: null means any. */
export interface RunFilter {
  command: string | null
  status: Run['status'] | null
  actionId: number | null
}

/** A page of runs, the newest first, of those begun before the one given. */
export async function runPage(db: Queryable, { command, status, actionId }: RunFilter, before: number | null, limit: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(`${RUNS}
    where ($1::text is null or r.command = $1) and ($2::text is null or ${RUN_STATUS} = $2) and ($3::bigint is null or r.action_id = $3) and ($4::bigint is null or r.run_id < $4)
    order by r.run_id desc
    limit $5`, [command, status, actionId, before, limit])
  return rows
}
