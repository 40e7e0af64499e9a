import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { ProviderWork } from '../fetches/metrics.js'

/** Runs of a command. */
export interface CommandWork {
  command: string
  runs: number
  failed: number
  /** In milliseconds, of those that have ended. */
  total: number
  longest: number
  longestRun: number | null
}

/** What ran since an instant, by command, what took longest first. */
export async function commandWork(db: Queryable, since: Date): Promise<CommandWork[]> {
  const { rows } = await db.query<CommandWork>(`
    with runs as (
      select run_id, command, status, (extract(epoch from finished_at - started_at) * 1000)::bigint as ms from ingestion_runs where started_at > $1
    )
    select command, count(*) as runs, count(*) filter (where status in ('failed', 'died')) as failed, coalesce(sum(ms), 0)::bigint as total, coalesce(max(ms), 0) as longest,
           (array_agg(run_id order by ms desc nulls last, run_id) filter (where ms is not null))[1] as "longestRun"
    from runs
    group by command
    order by total desc, command`, [since])
  return rows
}

/** A date that took long to load. */
export interface DateWork {
  dataset: string
  date: IsoDate
  runId: number
  ms: number
  /** What a date of the dataset took in the middle since the same instant. */
  usual: number
}

/** The dates that took longest to load since an instant, these first. */
export async function slowestDates(db: Queryable, since: Date, limit: number): Promise<DateWork[]> {
  const { rows } = await db.query<DateWork>(`
    with loads as materialized (
      select dataset, date, run_id, (extract(epoch from finished_at - started_at) * 1000)::bigint as ms from attempts where started_at > $1 and outcome = 'loaded'
    ), usual as (
      select dataset, percentile_disc(0.5) within group (order by ms) as usual from loads group by dataset
    )
    select dataset, date, run_id as "runId", ms, usual from loads join usual using (dataset) order by ms desc, dataset, date, run_id limit $2`, [since, limit])
  return rows
}

/** Requests to a provider of one length of bars. */
export interface FetchWork {
  provider: string
  timespan: string
  fetches: number
  failed: number
  /** In milliseconds. */
  median: number
  longest: number
}

/** Requests since an instant, by provider and timespan, the slowest first. */
export async function fetchWork(db: Queryable, since: Date): Promise<FetchWork[]> {
  const { rows } = await db.query<FetchWork>(`
    select provider, timespan, count(*) as fetches, count(*) filter (where status = 'failed') as failed,
           percentile_disc(0.5) within group (order by duration_ms) as median, max(duration_ms) as longest
    from fetches
    where pulled_at > $1 and form <> 'file'
    group by provider, timespan
    order by median desc, provider, timespan`, [since])
  return rows
}

/** What a provider did over some days. */
export interface ProviderHealth extends Omit<ProviderWork, 'latencyMs'> {
  provider: string
  /** Of one try, in milliseconds; null where there was none. */
  latency: number | null
}

/** What providers did since the day (UTC) of an instant, by name. */
export async function providerHealth(db: Queryable, since: Date): Promise<ProviderHealth[]> {
  const { rows } = await db.query<ProviderHealth>(`
    select provider_name as provider, sum(requests)::bigint as requests, sum(succeeded)::bigint as succeeded, sum(failed)::bigint as failed,
           sum(rate_limited)::bigint as "rateLimited", sum(bars)::bigint as bars, sum(bytes)::bigint as bytes,
           round(sum(latency_ms) / nullif(sum(requests), 0))::integer as latency, sum(expected)::bigint as expected, sum(counted)::bigint as counted
    from provider_metrics
    where date >= ($1::timestamptz at time zone 'UTC')::date
    group by provider_name
    order by provider_name`, [since])
  return rows
}

/** What the database takes, and how the server is used. */
export interface Resources {
  databaseBytes: number
  /** Of the blocks that were asked for, those that the server had in memory, since its statistics began. */
  blocksHit: number
  blocksRead: number
  /** Bytes of sorts and hashes that went to disk, since then. */
  temporaryBytes: number
  /** The largest tables, these first; parts of a table are added up. */
  tables: { name: string; bytes: number; rows: number; deadRows: number; analyzed: boolean }[]
}

/** What the database takes, and how the server is used. */
export async function resourcesOf(db: Queryable, limit: number): Promise<Resources> {
  const { rows } = await db.query<Resources>(`
    with parts as (
      select coalesce(pg_partition_root(s.relid)::oid, s.relid) as root, pg_total_relation_size(s.relid) as bytes, s.n_live_tup as live, s.n_dead_tup as dead,
             coalesce(s.last_analyze, s.last_autoanalyze) is not null as analyzed
      from pg_stat_user_tables s
    ), largest as (
      select root::regclass::text as name, sum(bytes)::bigint as bytes, sum(live)::bigint as live, sum(dead)::bigint as dead, bool_and(analyzed or live = 0) as analyzed
      from parts
      group by root
      order by 2 desc, 1
      limit $1
    )
    select pg_database_size(current_database()) as "databaseBytes", blks_hit as "blocksHit", blks_read as "blocksRead", temp_bytes as "temporaryBytes",
           (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'bytes', bytes, 'rows', live, 'deadRows', dead, 'analyzed', analyzed) order by bytes desc, name), '[]') from largest) as tables
    from pg_stat_database
    where datname = current_database()`, [limit])
  return rows[0]!
}
