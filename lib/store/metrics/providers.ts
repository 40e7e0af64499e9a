import type { Queryable } from '../../postgres/database.js'
import type { ProviderWork } from '../fetches/metrics.js'

/** What a provider did on the last days together. */
export interface ProviderTotals extends ProviderWork {
  provider: string
}

/** What each provider did on the last so many days (UTC), today among them. */
export async function providerTotals(db: Queryable, days: number): Promise<ProviderTotals[]> {
  const { rows } = await db.query<ProviderTotals>(`
    select provider_name as provider, sum(requests)::bigint as requests, sum(succeeded)::bigint as succeeded, sum(failed)::bigint as failed, sum(rate_limited)::bigint as "rateLimited",
           sum(bars)::bigint as bars, sum(bytes)::bigint as bytes, sum(latency_ms)::bigint as "latencyMs", sum(expected)::bigint as expected, sum(counted)::bigint as counted
    from provider_metrics
    where date > (clock_timestamp() at time zone 'UTC')::date - $1::integer
    group by provider_name
    order by provider_name`, [days])
  return rows
}
