import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { clockTime, minutesSince } from './words.js'

/** A provider that does not answer for two looks is told of; one that asks to wait may do so for an hour. */
const UNAVAILABLE_MINUTES = 15
const LIMITED_MINUTES = 60

/** Providers of bars that have not answered for a while. */
export function providers({ providers: found, now, calendar }: Situation): Trouble[] {
  return found.flatMap(({ provider, state, since, code }): Trouble[] => {
    if (since === null || (state !== 'unavailable' && state !== 'rate_limited')) return []
    if (minutesSince(since, now) < (state === 'unavailable' ? UNAVAILABLE_MINUTES : LIMITED_MINUTES)) return []
    const why = code === null ? '' : ` (${code})`
    return [{
      kind: 'provider', severity: 'warning', topic: `provider ${provider}`, parts: [''], dataset: null, symbol: null, timespan: null, provider,
      summary: `${provider} ${state === 'unavailable' ? `has not answered as it should since ${clockTime(since, calendar)}${why}` : `has turned requests away since ${clockTime(since, calendar)}${why}`}; fetches ask the other providers meanwhile.`,
      hint: `ask it now: ohlcv providers check; see its key and limits with: ohlcv providers`,
      details: { vendorState: state, ...(code !== null && { code }) },
    }]
  })
}
