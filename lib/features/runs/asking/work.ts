import type { ProviderWork } from '../../../store/fetches/metrics.js'
import type { Try } from './client.js'

/** What these tries were for a provider. @param bars that they brought @param came of the bars that the calendar lets expect */
export function workOf(tries: readonly Try[], bars: number, { expected, counted } = { expected: 0, counted: 0 }): ProviderWork {
  const succeeded = tries.filter(({ code }) => code === null).length
  return {
    requests: tries.length, succeeded, failed: tries.length - succeeded, rateLimited: tries.filter(({ status }) => status === 429).length,
    bars, bytes: tries.reduce((sum, { bytes }) => sum + bytes, 0), latencyMs: tries.reduce((sum, { durationMs }) => sum + durationMs, 0),
    expected, counted,
  }
}
