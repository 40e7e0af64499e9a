import type { Outcome } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'
import { RUN_STATUS, type Run } from '../runs/runs.js'

/** How many runs of a command are in a state. */
export interface RunCount {
  command: string
  status: Run['status']
  runs: number
}

/** The runs that have ended since the instant, or run now. */
export async function runCounts(db: Queryable, since: Date): Promise<RunCount[]> {
  const { rows } = await db.query<RunCount>(`
    select command, status, count(*) as runs
    from (select r.command, ${RUN_STATUS} as status from ingestion_runs r where r.finished_at is null or r.finished_at >= $1) counted
    group by command, status
    order by command, status`, [since])
  return rows
}

/** When a command last ran and how long that took; those that died count for nothing, for nobody knows when. */
export interface LastRun {
  command: string
  /** When the last one ended, and the last one that succeeded, in seconds of Unix. */
  ended: number
  succeeded: number | null
  /** Seconds that the last one took, and the longest since the instant. */
  seconds: number
  longest: number | null
}

/** The last run of each command. */
export async function lastRuns(db: Queryable, since: Date): Promise<LastRun[]> {
  const { rows } = await db.query<LastRun>(`
    with ended as (
      select run_id, command, status, finished_at, extract(epoch from finished_at)::double precision as ended, extract(epoch from finished_at - started_at)::double precision as seconds
      from ingestion_runs
      where status in ('succeeded', 'failed', 'interrupted')
    ), commands as (
      select command, max(run_id) as run_id, max(ended) filter (where status = 'succeeded') as succeeded, max(seconds) filter (where finished_at >= $1) as longest
      from ended
      group by command
    )
    select command, e.ended, c.succeeded, e.seconds, c.longest
    from commands c join ended e using (command, run_id)
    order by command`, [since])
  return rows
}

/** How many dates of a kind of files ended so. */
export interface OutcomeCount {
  dataset: string
  outcome: Outcome
  dates: number
}

/** How the dates ended that runs came to since the instant. Attempts are found by their runs, of which there are few. */
export async function outcomeCounts(db: Queryable, since: Date): Promise<OutcomeCount[]> {
  const { rows } = await db.query<OutcomeCount>(`
    select a.dataset, a.outcome, count(*) as dates
    from ingestion_runs r join attempts a using (run_id)
    where (r.finished_at is null or r.finished_at >= $1) and a.finished_at >= $1
    group by a.dataset, a.outcome
    order by a.dataset, a.outcome`, [since])
  return rows
}

/** How many jobs of a kind wait or are worked on. */
export interface JobCount {
  kind: string
  state: 'queued' | 'running' | 'died'
  jobs: number
}

/** The jobs that are not over; died: whoever worked on it is no more, so that it may be resumed. */
export async function openJobs(db: Queryable): Promise<JobCount[]> {
  const { rows } = await db.query<JobCount>(`
    select kind, state, count(*) as jobs
    from (select kind, case when state = 'running' and not (run_id is not null and ohlcv_run_is_alive(run_id)) then 'died' else state end as state from jobs where state in ('queued', 'running')) open
    group by kind, state
    order by kind, state`)
  return rows
}
