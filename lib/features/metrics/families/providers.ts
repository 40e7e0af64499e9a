import { gauge, type Family } from '../family.js'

const SECOND_MS = 1000

/** Who is asked for bars: how they answer, and what is left of their limits. */
export const PROVIDERS: readonly Family[] = [
  gauge('ohlcv_provider_state', 'How each provider answers: 1 at the state it is in, else 0', ['provider', 'state'],
    ({ vendors, vendorStates }) => vendors.flatMap(({ provider, state: is }) => vendorStates.map((state) => [Number(state === is), provider, state] as const))),
  gauge('ohlcv_provider_quota_limit', 'Requests that may be sent in a period', ['provider', 'period'], ({ quotas }) => quotas.map(({ provider, period, limit }) => [limit, provider, period])),
  gauge('ohlcv_provider_quota_left', 'Requests that may still be sent in it', ['provider', 'period'], ({ quotas }) => quotas.map(({ provider, period, limit, used }) => [Math.max(limit - used, 0), provider, period])),
  gauge('ohlcv_provider_requests_30d', 'Requests that were sent in the last 30 days, by how they ended', ['provider', 'result'], ({ providers }) => providers.flatMap(({ provider, succeeded, failed, rateLimited }) => [
    [succeeded, provider, 'succeeded'], [rateLimited, provider, 'rate_limited'], [failed - rateLimited, provider, 'failed'],
  ] as const)),
  gauge('ohlcv_provider_request_30d_duration_seconds', 'How long these requests took together', ['provider'], ({ providers }) => providers.map(({ provider, latencyMs }) => [latencyMs / SECOND_MS, provider])),
  gauge('ohlcv_provider_received_30d_bytes', 'Bytes of the answers', ['provider'], ({ providers }) => providers.map(({ provider, bytes }) => [bytes, provider])),
  gauge('ohlcv_provider_bars_30d', 'Bars of the answers', ['provider'], ({ providers }) => providers.map(({ provider, bars }) => [bars, provider])),
  gauge('ohlcv_provider_completeness_30d_ratio', 'Of the bars that the calendar lets expect of the answers, those that came', ['provider'],
    ({ providers }) => providers.map(({ provider, expected, counted }) => [expected === 0 ? null : counted / expected, provider])),
]
