import type { ProviderWork } from '../../../store/fetches/metrics.js'
import type { Try } from './client.js'

/** What these tries were for a provider. @param bars that they brought */
export function workOf(tries: readonly Try[], bars: number): ProviderWork {
  const succeeded = tries.filter(({ code }) => code === null).length
  return {
    requests: tries.length, succeeded, failed: tries.length - succeeded, rateLimited: tries.filter(({ status }) => status === 429).length,
    bars, bytes: tries.reduce((sum, { bytes }) => sum + bytes, 0), latencyMs: tries.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
}
