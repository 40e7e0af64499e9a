import { randomBytes } from 'node:crypto'
import { DatabaseError, messageWithHint, OhlcvError, UsageError } from '../../domain/errors.js'
import { createJob, endJob, findJob, takeJob } from '../../store/fetches/jobs.js'
import type { Runtime } from '../runs/runtime.js'

/** What a job here does: it asks once or again and again, or it reads what is there. */
export type JobKind = 'fetch' | 'import' | 'poll'

/** The job that is begun or resumed. */
export interface ChosenJob {
  id: string
  isNew: boolean
}

/** An id that no other job has. */
export function newJobId(kind: JobKind, at: Date): string {
  return `${kind}-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`
}

/** Why a job can neither be resumed nor shown. */
export function jobUnknown(jobId: string): UsageError {
  return new UsageError('JOB_UNKNOWN', `there is no job ${JSON.stringify(jobId)}`, { hint: 'see: ohlcv runs' })
}

/** The request of a job that is to be resumed. @throws UsageError JOB_UNKNOWN, JOB_OTHER_KIND */
export async function requestOfJob({ db }: Pick<Runtime, 'db'>, kind: JobKind, jobId: string): Promise<unknown> {
  const job = await findJob(db.pool, jobId)
  if (job === undefined) throw jobUnknown(jobId)
  if (job.kind !== kind) throw new UsageError('JOB_OTHER_KIND', `the job ${jobId} is no ${kind}; its kind is ${job.kind}`)
  return job.request
}

/** Writes a job down. @param request as it is asked for again when it is resumed, which may be on another day @throws UsageError JOB_EXISTS */
export async function beginJob({ db, signal }: Runtime, kind: JobKind, jobId: string, request: object): Promise<void> {
  if (await db.prepare(signal, (client) => createJob(client, jobId, kind, request))) return
  throw new UsageError('JOB_EXISTS', `there is a job ${jobId} already`, { hint: `resume it: ohlcv fetch --resume ${jobId}` })
}

/** Has a run work on a job, alone. @throws UsageError JOB_RUNNING */
export async function workOn({ db, signal }: Runtime, jobId: string, runId: number): Promise<void> {
  if (await db.run(signal, (client) => takeJob(client, jobId, runId))) return
  throw new UsageError('JOB_RUNNING', `another process is working on the job ${jobId}`, { hint: `see: ohlcv fetch --status ${jobId}` })
}

/** Does a run's work on its job, which is closed where the work fails. @throws what the work throws */
export async function closedOnFailure<T>({ db, signal }: Runtime, jobId: string, runId: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const message = error instanceof OhlcvError ? messageWithHint(error) : String(error)
    await db.run(signal, (client) => endJob(client, jobId, runId, { state: 'failed', progress: null, message, result: null })).catch(() => undefined)
    throw error
  }
}

/** Why a run stops whose job another has resumed: it was taken for dead while it had no connection. */
export function jobTaken(jobId: string): DatabaseError {
  return new DatabaseError('JOB_TAKEN', `the connection was lost for a while, and another process has resumed the job ${jobId} since`, { hint: `see: ohlcv fetch --status ${jobId}` })
}
