import type { Queryable } from '../../postgres/database.js'

/** What the id of a job looks like. */
export const JOB_ID = /^[A-Za-z0-9._-]{1,128}$/

/** How far a job can have come; a running one whose run has died can be resumed. */
export const JOB_STATES = ['queued', 'running', 'completed', 'completed_with_errors', 'failed', 'interrupted'] as const
export type JobState = (typeof JOB_STATES)[number]

/** What was asked for, and how far it has come. */
export interface Job {
  jobId: string
  kind: string
  request: unknown
  state: JobState
  /** Percent. */
  progress: number
  message: string | null
  result: unknown
  /** The latest run that works or worked on it. */
  runId: number | null
  /** Whether that run lives. */
  alive: boolean
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

/** Writes a job down; whether there was none of that id. */
export async function createJob(db: Queryable, jobId: string, kind: string, request: unknown): Promise<boolean> {
  const { rows } = await db.query(
    'insert into jobs (job_id, kind, request) values ($1, $2, $3) on conflict do nothing returning job_id', [jobId, kind, JSON.stringify(request)])
  return rows.length > 0
}

/** A job; undefined where there is none of that id. */
export async function findJob(db: Queryable, jobId: string): Promise<Job | undefined> {
  const { rows } = await db.query<Omit<Job, 'progress'> & { progress: string }>(`
    select job_id as "jobId", kind, request, state, progress, message, result, run_id as "runId",
           run_id is not null and ohlcv_run_is_alive(run_id) as alive,
           created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"
    from jobs where job_id = $1`, [jobId])
  const job = rows[0]
  return job && { ...job, progress: Number(job.progress) }
}

/** Has a run work on a job; false where another, which lives, does. */
export async function takeJob(db: Queryable, jobId: string, runId: number): Promise<boolean> {
  const { rows } = await db.query(`
    update jobs set state = 'running', run_id = $2, message = null, result = null, started_at = coalesce(started_at, clock_timestamp()), finished_at = null
    where job_id = $1 and (state <> 'running' or run_id = $2 or not ohlcv_run_is_alive(run_id))
    returning job_id`, [jobId, runId])
  return rows.length > 0
}

/** Ends the jobs of a kind whose runs have died: of a kind that is not resumed. */
export async function endDeadJobs(db: Queryable, kind: string): Promise<void> {
  await db.query(`
    update jobs set state = 'interrupted', message = 'the process died', finished_at = clock_timestamp()
    where kind = $1 and state = 'running' and not ohlcv_run_is_alive(run_id)`, [kind])
}

/** Tells how far a run has come with a job, in percent; false where the job is another run's by now. Without waiting for the disk: what a crash of the server may undo is told again. */
export async function advanceJob(db: Queryable, jobId: string, runId: number, progress: number, message: string): Promise<boolean> {
  const { rows } = await db.query(`
    update jobs set progress = $3, message = $4 from (select set_config('synchronous_commit', 'off', true)) unhurried where job_id = $1 and run_id = $2
    returning job_id`, [jobId, runId, progress, message])
  return rows.length > 0
}

/** Closes a job until it is resumed, unless it is another run's by now. `progress`: null: what it is. */
export async function endJob(db: Queryable, jobId: string, runId: number, end: { state: JobState; progress: number | null; message: string | null; result: unknown }): Promise<void> {
  await db.query(
    'update jobs set state = $3, progress = coalesce($4, progress), message = $5, result = $6, finished_at = clock_timestamp() where job_id = $1 and run_id = $2',
    [jobId, runId, end.state, end.progress, end.message, JSON.stringify(end.result)])
}
