import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { clockTime } from './words.js'

/** Limits of providers that are used up until they are renewed; those of a day are tomorrow, and so are news. */
export function quota({ providers, calendar }: Situation): Trouble[] {
  return providers.flatMap(({ provider, state, quotas }): Trouble[] => {
    const usedUp = quotas.filter(({ used, limit }) => used >= limit).sort((a, b) => b.renewed.getTime() - a.renewed.getTime())[0]
    if (usedUp === undefined) return []
    const { period, used, limit, renewed } = usedUp
    return [{
      kind: 'quota', severity: period === 'month' ? 'warning' : 'info', topic: `quota ${provider}`, parts: [''], dataset: null, symbol: null, timespan: null, provider,
      summary: `The ${limit} requests that ${provider} takes a ${period} are used up (${used}); it is asked again from ${clockTime(renewed, calendar)} on.`,
      hint: 'see who is asked meanwhile with: ohlcv providers; what was not fetched for that is fetched later by itself, or now by another: ohlcv sync',
      details: { vendorState: state, found: `${used} of ${limit} requests a ${period}` },
    }]
  })
}
