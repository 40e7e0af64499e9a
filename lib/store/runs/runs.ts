import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'

/** Opens a run; returns its id. */
export async function openRun(db: Queryable, command: string, parameters: unknown, version: string): Promise<number> {
  const { rows } = await db.query<{ run_id: number }>(
    'insert into ingestion_runs (command, parameters, version) values ($1, $2, $3) returning run_id',
    [command, JSON.stringify(parameters), version],
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

/** How a date of a run ended. */
export interface Attempt {
  date: IsoDate
  outcome: Outcome
  code: string | null
  message: string | null
  counts: unknown
  loadId: number | null
  startedAt: Date
  finishedAt: Date
}

/** Writes down how dates of a run ended, each once: what is there already stays, so that this may be done again. */
export async function appendAttempts(db: Queryable, runId: number, dataset: string, attempts: readonly Attempt[]): Promise<void> {
  await db.query(
    `insert into attempts (run_id, dataset, date, outcome, code, message, counts, load_id, started_at, finished_at)
     select $1::bigint, $2::text, ended.*
       from unnest($3::date[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::bigint[], $9::timestamptz[], $10::timestamptz[]) as ended (date)
      where not exists (select from attempts a where a.run_id = $1 and a.dataset = $2 and a.date = ended.date)`,
    [
      runId, dataset,
      attempts.map(({ date }) => date),
      attempts.map(({ outcome }) => outcome),
      attempts.map(({ code }) => code),
      attempts.map(({ message }) => message),
      attempts.map(({ counts }) => (counts === null ? null : JSON.stringify(counts))),
      attempts.map(({ loadId }) => loadId),
      attempts.map(({ startedAt }) => startedAt),
      attempts.map(({ finishedAt }) => finishedAt),
    ],
  )
}

/** How the last attempt at each date of a range ended. */
export async function lastOutcomes(db: Queryable, dataset: string, { start, end }: DateRange): Promise<Map<IsoDate, Outcome>> {
  const { rows } = await db.query<{ date: IsoDate; outcome: Outcome }>(
    `select distinct on (date) date, outcome
       from attempts
      where dataset = $1 and date between $2 and $3
      order by date, attempt_id desc`,
    [dataset, start, end],
  )
  return new Map(rows.map(({ date, outcome }) => [date, outcome]))
}
