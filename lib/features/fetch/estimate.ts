import type { Unit } from './plan.js'

const PERIODS = [
  { period: 'second', limit: 'perSecond', seconds: 1 },
  { period: 'minute', limit: 'perMinute', seconds: 60 },
  { period: 'day', limit: 'perDay', seconds: 86_400 },
  { period: 'month', limit: 'perMonth', seconds: 30 * 86_400 },
] as const

/** How often a provider may be asked; null where that is not limited. */
type Limits = Readonly<Record<(typeof PERIODS)[number]['limit'], number | null>>

/** What a plan costs, if no answer has a second page and no request is tried twice. */
export interface Estimate {
  requests: number
  /** Of each limit there is, how many periods' requests are needed. */
  quotas: { period: (typeof PERIODS)[number]['period']; limit: number; periods: number }[]
  /** How long it takes at least to send them all, nothing being used up yet. */
  seconds: number
}

/** @param others requests besides those of the units */
export function estimate(units: readonly Unit[], limits: Limits, others = 0): Estimate {
  const requests = units.reduce((sum, { timespan, asks }) => sum + asks.reduce((sum, { range }) => sum + timespan.pieces(range).length, 0), others)
  const quotas = PERIODS.flatMap(({ period, limit: name, seconds }) => {
    const limit = limits[name]
    return limit === null ? [] : [{ period, limit, seconds, periods: Math.ceil(requests / limit) }]
  })
  return {
    requests,
    quotas: quotas.map(({ period, limit, periods }) => ({ period, limit, periods })),
    // The requests of the last period need not wait for its end.
    seconds: Math.max(0, ...quotas.map(({ periods, seconds }) => (periods - 1) * seconds)),
  }
}
