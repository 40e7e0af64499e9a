import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'

/** How a date of a run ended. */
export interface DateEnd {
  date: IsoDate
  outcome: Outcome
  code: string | null
  message: string | null
  counts: object | null
  loadId: number | null
  startedAt: Date
  finishedAt: Date
}

/** Writes down how dates of a run ended, each once: what is there already stays, so that this may be done again. */
export async function appendAttempts(db: Queryable, runId: number, dataset: string, attempts: readonly DateEnd[]): Promise<void> {
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

/** A date of a run as it is kept. */
export interface Attempt extends DateEnd {
  counts: Record<string, unknown> | null
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

/** How the last attempt at a date ended. */
export type LastAttempt = Pick<DateEnd, 'date' | 'outcome' | 'code' | 'message'>

/** The last attempt at each date of a range that was ever tried. */
export async function lastAttempts(db: Queryable, dataset: string, { start, end }: DateRange): Promise<Map<IsoDate, LastAttempt>> {
  // One look into the index a date: a nightly run leaves many attempts at each.
  const { rows } = await db.query<LastAttempt>(`
    select a.date, a.outcome, a.code, a.message
    from generate_series(0, $3::date - $2::date) n
    cross join lateral (
      select * from attempts where dataset = $1 and date = $2::date + n order by attempt_id desc limit 1
    ) a
    order by a.date`, [dataset, start, end])
  return new Map(rows.map((attempt) => [attempt.date, attempt]))
}

/** One attempt at a date. */
export interface DayAttempt extends Omit<DateEnd, 'date' | 'counts'> {
  runId: number
}

/** The latest attempts at a date, the newest first. */
export async function dayAttempts(db: Queryable, dataset: string, date: IsoDate, limit: number): Promise<DayAttempt[]> {
  const { rows } = await db.query<DayAttempt>(`
    select run_id as "runId", outcome, code, message, load_id as "loadId", started_at as "startedAt", finished_at as "finishedAt"
    from attempts
    where dataset = $1 and date = $2
    order by attempt_id desc
    limit $3`, [dataset, date, limit])
  return rows
}
