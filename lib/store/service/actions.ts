import type pg from 'pg'
import type { Queryable } from '../../postgres/database.js'
import { LOCKS } from '../../postgres/locks.js'
import type { Run } from '../runs/runs.js'

/** What is asked to be done. */
export interface NewAction {
  action: string
  /** As it was judged; plain data. */
  request: object
  requestedBy: string
  /** The same question again is the same action. */
  idempotencyKey: string | null
}

/** Keeps others from taking actions on until the transaction ends. */
export async function lockActions(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', [...LOCKS.actions])
}

/** The action that a key stands for, and whether it was asked for in the same words; undefined where there is none. */
export async function actionOfKey(db: Queryable, { action, request, idempotencyKey }: NewAction): Promise<{ actionId: number; same: boolean } | undefined> {
  const { rows } = await db.query<{ actionId: number; same: boolean }>(
    'select action_id as "actionId", action = $2 and request = $3::jsonb as same from admin_actions where idempotency_key = $1', [idempotencyKey, action, JSON.stringify(request)])
  return rows[0]
}

/** How many actions are being done. */
export async function livingActions(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ living: number }>('select count(*) as living from admin_actions where finished_at is null and ohlcv_action_is_alive(action_id)')
  return rows[0]!.living
}

/** Writes an action down; returns its id. */
export async function insertAction(db: Queryable, { action, request, requestedBy, idempotencyKey }: NewAction): Promise<number> {
  const { rows } = await db.query<{ action_id: number }>(
    'insert into admin_actions (action, request, requested_by, idempotency_key) values ($1, $2, $3, $4) returning action_id', [action, JSON.stringify(request), requestedBy, idempotencyKey])
  return rows[0]!.action_id
}

/** Marks an action as being done for as long as this session lives. */
export async function holdAction(client: pg.ClientBase, actionId: number): Promise<void> {
  await client.query('select pg_advisory_lock($1::bigint)', [LOCKS.action(actionId)])
}

/** How an action ended. */
export interface ActionEnd {
  exitCode: number
  /** Of the error that ended it; null where none did. */
  code: string | null
  message: string | null
}

/** Closes an action. */
export async function finishAction(db: Queryable, actionId: number, { exitCode, code, message }: ActionEnd): Promise<void> {
  await db.query('update admin_actions set finished_at = clock_timestamp(), exit_code = $2, code = $3, message = $4 where action_id = $1', [actionId, exitCode, code, message])
}

/** What an action can be in; `queued`: nothing has begun of it; `died`: found unfinished, its process gone. */
export const ACTION_STATES = ['queued', 'running', 'done', 'failed', 'died'] as const

/** An action as it is kept. */
export interface Action {
  actionId: number
  action: string
  request: Record<string, unknown>
  requestedBy: string
  requestedAt: Date
  finishedAt: Date | null
  state: (typeof ACTION_STATES)[number]
  exitCode: number | null
  code: string | null
  /** What has come of it, in order. */
  runs: Pick<Run, 'runId' | 'command' | 'status'>[]
}

/** The latest actions before one, the newest first, or the one with this id. An end for want of a file that is not published yet is no failure. */
export async function latestActions(db: Queryable, { actionId = null, before = null, limit }: { actionId?: number | null; before?: number | null; limit: number }): Promise<Action[]> {
  const { rows } = await db.query<Action>(`
    select a.action_id as "actionId", a.action, a.request, a.requested_by as "requestedBy", a.requested_at as "requestedAt", a.finished_at as "finishedAt",
           a.exit_code as "exitCode", a.code, runs,
           case when a.exit_code in (0, 4) then 'done' when a.exit_code is not null then 'failed' when not ohlcv_action_is_alive(a.action_id) then 'died'
                when runs = '[]' then 'queued' else 'running' end as state
    from admin_actions a
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object(
        'runId', r.run_id, 'command', r.command,
        'status', case when r.status = 'running' and not ohlcv_run_is_alive(r.run_id) then 'died' else r.status end) order by r.run_id), '[]') as runs
      from ingestion_runs r where r.action_id = a.action_id
    ) r
    where ($1::bigint is null or a.action_id = $1) and ($2::bigint is null or a.action_id < $2)
    order by a.action_id desc
    limit $3`, [actionId, before, limit])
  return rows
}

/** Securities of a type that an action asks providers about: how many are planned, of how many there is an answer, and how many of these failed. */
export interface SecuritiesOfType {
  type: string | null
  planned: number
  done: number
  failed: number
}

/** How far the fetches of an action have come, by type of security as the universe has it; none where it asks about no securities. */
export async function securitiesOf(db: Queryable, actionId: number): Promise<SecuritiesOfType[]> {
  const { rows } = await db.query<SecuritiesOfType>(`
    with fetched as (
      select parameters ->> 'job' as job_id, (parameters ->> 'end')::date as date, parameters -> 'symbols' as symbols
      from ingestion_runs where action_id = $1 and command = 'fetch' and parameters ->> 'grouped' = 'false'
    ), planned as (
      select job_id, date, symbol from fetched cross join lateral jsonb_array_elements_text(case jsonb_typeof(symbols) when 'array' then symbols else '[]' end) as symbol
      union all
      select job_id, date, s.symbol from fetched join ticker_symbols s on s.valid @> date join tickers t using (symbol_id) where jsonb_typeof(symbols) = 'null' and t.active
    ), answered as (
      select job_id, symbol, bool_or(status in ('failed', 'rejected')) as failed from ingestion_audit where job_id in (select job_id from fetched) group by job_id, symbol
    )
    select t.type, count(*) as planned, count(answered.symbol) as done, count(*) filter (where failed) as failed
    from planned p
    left join ticker_symbols s on s.symbol = p.symbol and s.valid @> p.date
    left join tickers t using (symbol_id)
    left join answered on answered.job_id = p.job_id and answered.symbol = p.symbol
    group by t.type order by t.type`, [actionId])
  return rows
}
