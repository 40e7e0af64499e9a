import type { TimespanName } from '../../datasets/timespan.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { FAILED } from '../../domain/outcome.js'

/** What went wrong, or only went well at another try: a date of a load, a run as a whole, a request for bars, one for splits and dividends, or a provider that turned requests away. */
export const FAILURE_KINDS = ['date', 'run', 'request', 'actions_request', 'provider'] as const
export type FailureKind = (typeof FAILURE_KINDS)[number]

/** One failure. */
export interface Failure {
  at: Date
  kind: FailureKind
  /** Which attempt, run, fetch, request or mending it is, among those of its kind. */
  failureId: number
  runId: number | null
  dataset: string | null
  symbol: string | null
  timespan: TimespanName | null
  provider: string | null
  start: IsoDate | null
  end: IsoDate | null
  /** How it ended, in the words of its kind. */
  state: string
  code: string | null
  /** How often it was tried again. */
  retries: number
  /** Whether it is right by now; null where that cannot be told. */
  resolved: boolean | null
}

/** Where a page begins: after the failure of this instant, to the microsecond, and this kind and number. */
export interface FailurePlace {
  instant: string
  kind: FailureKind
  failureId: number
}

/** Outcomes of dates that are failures: those that need attention, and an interruption. */
const OUTCOMES = [...FAILED, 'interrupted'].map((outcome) => `'${outcome}'`).join(', ')

/*
 * Each kind in the order of its own times, which never change, so that a page goes on where the one before ended. Attempts are found by their runs, of which there are few. A date is resolved when it
 * has been loaded since; a request is when it was answered in the end.
 */
const FAILURES: Readonly<Record<FailureKind, string>> = {
  date: `
    select a.finished_at as at, 'date' as kind, a.attempt_id as id, a.run_id, a.dataset, null::text as symbol, null::text as timespan, null::text as provider, a.date as start_date, a.date as end_date,
           a.outcome as state, a.code, 0 as retries, exists (select from days d join lineage l using (load_id) where d.dataset = a.dataset and d.date = a.date and l.committed_at > a.started_at) as resolved
    from ingestion_runs r join attempts a using (run_id)
    where (r.finished_at is null or r.finished_at >= $1) and a.finished_at >= $1 and a.outcome in (${OUTCOMES})`,
  run: `
    select r.started_at, 'run', r.run_id, r.run_id, null, null, null, null, null, null, case r.status when 'running' then 'died' else r.status end, null, 0, null
    from ingestion_runs r
    where (r.finished_at is null or r.finished_at >= $1) and (r.status in ('failed', 'interrupted', 'died') or (r.status = 'running' and not ohlcv_run_is_alive(r.run_id)))`,
  request: `
    select f.pulled_at, 'request', f.fetch_id, j.run_id, null, f.symbol, f.timespan, f.provider, f.start_date, f.end_date, f.status, f.code, greatest(f.tries - 1, 0), f.status not in ('failed', 'rejected')
    from fetches f left join jobs j using (job_id)
    where f.pulled_at >= $1 and (f.status in ('failed', 'rejected') or f.tries > 1)`,
  actions_request: `
    select f.pulled_at, 'actions_request', f.action_fetch_id, f.run_id, null, f.symbol, null, f.source, f.start_date, f.end_date, f.status, f.code, greatest(f.tries - 1, 0), f.status = 'stored'
    from action_fetches f
    where f.pulled_at >= $1 and (f.status in ('failed', 'rejected') or f.tries > 1)`,
  provider: `
    select m.ended_at, 'provider', m.remediation_id, m.run_id, null, null, m.timespan, m.provider, m.start_date, m.end_date, m.kind, null, m.occurrences, m.state = 'resolved'
    from remediation_log m
    where m.ended_at >= $1 and m.kind in ('rate_limited', 'unavailable')`,
}

/** Of some kinds, or (null) all. */
const chosen = (kinds: readonly FailureKind[] | null): string[] => (kinds ?? FAILURE_KINDS).map((kind) => FAILURES[kind])

/** A page of the failures since an instant, the latest first. */
export async function failurePage(db: Queryable, { since, kinds }: { since: Date; kinds: readonly FailureKind[] | null }, after: FailurePlace | null, limit: number): Promise<(Failure & FailurePlace)[]> {
  // Each kind gives no more than the page takes of it.
  const pages = chosen(kinds).map((query) => `
    (select * from (${query}) as of_kind (at, kind, id, run_id, dataset, symbol, timespan, provider, start_date, end_date, state, code, retries, resolved)
     where $2::timestamptz is null or (at, kind, id) < ($2, $3, $4)
     order by at desc, kind desc, id desc limit $5)`)
  const { rows } = await db.query<Failure & FailurePlace>(`
    select at, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as instant, kind, id as "failureId", run_id as "runId", dataset, symbol, timespan, provider, start_date as start, end_date as "end", state, code, retries, resolved
    from (${pages.join(' union all ')}) failed
    order by at desc, kind desc, id desc
    limit $5`, [since, after?.instant, after?.kind, after?.failureId, limit])
  return rows
}

/** How many failures of a kind there are. */
export interface FailureCount {
  kind: FailureKind
  failures: number
  /** Of these, how many are not right yet, as far as that can be told. */
  unresolved: number
  retries: number
}

/** All failures since an instant, by kind. */
export async function failuresByKind(db: Queryable, { since, kinds }: { since: Date; kinds: readonly FailureKind[] | null }): Promise<FailureCount[]> {
  const { rows } = await db.query<FailureCount>(`
    select kind, count(*) as failures, count(*) filter (where not resolved) as unresolved, sum(retries)::bigint as retries
    from (${chosen(kinds).join(' union all ')}) failed (at, kind, id, run_id, dataset, symbol, timespan, provider, start_date, end_date, state, code, retries, resolved)
    group by kind
    order by kind`, [since])
  return rows
}
