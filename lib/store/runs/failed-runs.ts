import type { IsoDate } from '../../domain/dates.js'
import { FAILED } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'

/** A date that a run failed with. */
export interface FailedDate {
  dataset: string
  date: IsoDate
  outcome: string
  code: string | null
}

/** A run that failed, or whose process ended without a word. */
export interface FailedRun {
  runId: number
  command: string
  status: 'failed' | 'died'
  at: Date
  /** Whether an error ended it as a whole. */
  hasError: boolean
  /** The steps of a sync that failed. */
  steps: string[]
  /** Those of its dates that failed and were loaded by no run since. */
  dates: FailedDate[]
  /** Whether any of its dates failed, loaded since or not. */
  hasFailedDates: boolean
}

const OUTCOMES = [...FAILED].map((outcome) => `'${outcome}'`).join(', ')

/** The runs since then that failed or died after the last good one of their command, the latest first. One that somebody stopped is none of them. */
export async function failedRuns(db: Queryable, since: Date): Promise<FailedRun[]> {
  const { rows } = await db.query<FailedRun>(`
    with failed as materialized (
      select r.run_id, r.command, case r.status when 'running' then 'died' else r.status end as status, coalesce(r.finished_at, r.started_at) as at, r.message is not null as has_error, r.totals
      from ingestion_runs r
      where r.started_at > $1 and (r.status in ('failed', 'died') or (r.status = 'running' and not ohlcv_run_is_alive(r.run_id)))
        and not exists (select from ingestion_runs good where good.command = r.command and good.run_id > r.run_id and good.status = 'succeeded')
    ), ended as (
      -- A sync has its dates among its totals, those of its load are the load's.
      select run_id, dataset, date, outcome, code, attempt_id from failed join attempts using (run_id) where outcome in (${OUTCOMES})
      union all
      select run_id, 'day_aggs', (session ->> 'date')::date, session ->> 'outcome', session ->> 'code', (select max(a.attempt_id) from attempts a where a.dataset = 'day_aggs' and a.date = (session ->> 'date')::date and a.finished_at <= at)
      from failed cross join lateral jsonb_array_elements(case when jsonb_typeof(totals -> 'sessions') = 'array' then totals -> 'sessions' else '[]' end) session
      where session ->> 'counts_as' in (${OUTCOMES})
    )
    select run_id as "runId", command, status, at, has_error as "hasError",
           coalesce((select array_agg(step || coalesce(' (' || (state ->> 'code') || ')', '') order by step)
                     from jsonb_each(case when jsonb_typeof(totals -> 'steps') = 'object' then totals -> 'steps' else '{}' end) s (step, state) where state ->> 'state' = 'failed'), '{}') as steps,
           coalesce((select jsonb_agg(jsonb_build_object('dataset', dataset, 'date', date, 'outcome', outcome, 'code', code) order by date)
                     from ended e where e.run_id = failed.run_id
                       and not exists (select from attempts a where a.dataset = e.dataset and a.date = e.date and a.attempt_id > coalesce(e.attempt_id, 0) and a.outcome in ('loaded', 'unchanged'))), '[]') as dates,
           exists (select from ended e where e.run_id = failed.run_id) as "hasFailedDates"
    from failed
    order by run_id desc`, [since])
  return rows
}

/** When a run of one of the commands last began, and which; null: there was none. */
export async function lastRunOf(db: Queryable, commands: readonly string[]): Promise<{ runId: number; at: Date } | null> {
  const { rows } = await db.query<{ runId: number; at: Date }>(
    'select run_id as "runId", started_at as at from ingestion_runs where command = any ($1::text[]) order by run_id desc limit 1', [commands])
  return rows[0] ?? null
}
