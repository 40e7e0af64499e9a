import type { Queryable } from '../../postgres/database.js'

/** What was asked of a provider, and what came of it. */
export interface ProviderWork {
  /** Tries that were sent. */
  requests: number
  succeeded: number
  failed: number
  /** Those of the failed that the provider refused as too many. */
  rateLimited: number
  bars: number
  /** Of bodies, as they came. */
  bytes: number
  /** The sum of all tries. */
  latencyMs: number
  /** Of the bars that the calendar lets expect of answers, those that came. */
  expected: number
  counted: number
}

/** Adds work to that of the provider's day, the server's date in UTC. */
export async function addMetrics(db: Queryable, provider: string, { requests, succeeded, failed, rateLimited, bars, bytes, latencyMs, expected, counted }: ProviderWork): Promise<void> {
  await db.query(
    `insert into provider_metrics as m (provider_name, date, requests, succeeded, failed, rate_limited, bars, bytes, latency_ms, expected, counted)
     values ($1, (clock_timestamp() at time zone 'UTC')::date, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (provider_name, date) do update
     set requests = m.requests + excluded.requests, succeeded = m.succeeded + excluded.succeeded, failed = m.failed + excluded.failed,
         rate_limited = m.rate_limited + excluded.rate_limited, bars = m.bars + excluded.bars, bytes = m.bytes + excluded.bytes,
         latency_ms = m.latency_ms + excluded.latency_ms, expected = m.expected + excluded.expected, counted = m.counted + excluded.counted`,
    [provider, requests, succeeded, failed, rateLimited, bars, bytes, Math.round(latencyMs), expected, counted],
  )
}

/** What a provider did on one day, so many days ago. */
export interface WorkOfDay extends Pick<ProviderWork, 'requests' | 'succeeded' | 'expected' | 'counted' | 'latencyMs'> {
  provider: string
  age: number
}

/** What each provider did on each of the last days, the server's date in UTC being of age 0. */
export async function workByDay(db: Queryable, days: number): Promise<WorkOfDay[]> {
  const { rows } = await db.query<WorkOfDay>(`
    select provider_name as provider, (clock_timestamp() at time zone 'UTC')::date - date as age, requests, succeeded, expected, counted, latency_ms as "latencyMs"
    from provider_metrics
    where date > (clock_timestamp() at time zone 'UTC')::date - $1::integer and date <= (clock_timestamp() at time zone 'UTC')::date
    order by provider_name, date`, [days])
  return rows
}

/** How a provider has done of late. */
export interface ProviderFigures {
  /** Tries of today and the day before (UTC), and those of them that succeeded. */
  requests: number
  succeeded: number
  /** Of the fetches of the last 24 hours; null where there was none. */
  medianMs: number | null
}

/** The figures of each provider that was asked of late. */
export async function providerFigures(db: Queryable): Promise<Map<string, ProviderFigures>> {
  const { rows } = await db.query<ProviderFigures & { provider: string }>(`
    with tries as (
      select provider_name as provider, sum(requests)::bigint as requests, sum(succeeded)::bigint as succeeded
      from provider_metrics
      where date >= (clock_timestamp() at time zone 'UTC')::date - 1
      group by provider_name
    ), latencies as (
      select provider, percentile_cont(0.5) within group (order by duration_ms) as median
      from fetches
      where pulled_at > clock_timestamp() - interval '24 hours' and form <> 'file'
      group by provider
    )
    select provider, coalesce(requests, 0) as requests, coalesce(succeeded, 0) as succeeded, round(median)::integer as "medianMs"
    from tries
    full join latencies using (provider)`)
  return new Map(rows.map(({ provider, ...figures }) => [provider, figures]))
}
