import { DAY_AGGS } from '../../datasets/day.js'
import type { TimespanName } from '../../datasets/timespan.js'
import { providerFigures } from '../../store/fetches/metrics.js'
import { quotaUse, type QuotaLimits } from '../../store/fetches/quota.js'
import { loadedDates } from '../../store/ledger/days.js'
import { loadUniverse } from '../../store/universe/universe.js'
import type { Runtime } from '../runs/runtime.js'
import { undescribed } from './describe.js'
import { estimate, type Estimate } from './estimate.js'
import { Expectations } from './expected.js'
import { planGrouped, planUnits, type Unit } from './plan.js'
import type { ResolvedFetch } from './resolve.js'

/** How long a request takes where the provider was not asked of late, in milliseconds. */
const USUAL_MS = 300

/** What a fetch would take, were it begun now: `seconds` by the limits, and by how long requests have taken of late. */
export interface DryRun extends Omit<Estimate, 'quotas'> {
  /** Of the requests those that ask who a security is. */
  descriptions: number
  byTimespan: { timespan: TimespanName; requests: number }[]
  /** `left`: of the limit of a day or a month; null of shorter ones, which are renewed meanwhile. */
  quotas: (Estimate['quotas'][number] & { left: number | null })[]
}

async function unitsOf({ db, now }: Runtime, { request, range, calendar, symbols }: ResolvedFetch): Promise<Unit[]> {
  const expectations = new Expectations(calendar, now())
  if (request.grouped) {
    const loaded = new Set(await loadedDates(db.pool, DAY_AGGS.name, range))
    return planGrouped(range, expectations).filter(({ part }) => !loaded.has(part as typeof range.start))
  }
  const universe = await loadUniverse(db.pool)
  return symbols.flatMap((symbol) => planUnits(symbol, universe, range, request, expectations))
}

/** Plans a fetch and asks for nothing. */
export async function dryRun(runtime: Runtime, resolved: ResolvedFetch, provider: string, limits: QuotaLimits): Promise<DryRun> {
  const units = await unitsOf(runtime, resolved)
  const descriptions = (await undescribed(runtime, resolved)).size
  const { requests, quotas, seconds } = estimate(units, limits, descriptions)
  const use = (await quotaUse(runtime.db.pool)).get(provider)
  const latency = (await providerFigures(runtime.db.pool)).get(provider)?.medianMs ?? USUAL_MS
  const byTimespan = new Map<TimespanName, number>()
  for (const unit of units) byTimespan.set(unit.timespan.name, (byTimespan.get(unit.timespan.name) ?? 0) + estimate([unit], limits).requests)
  return {
    requests, descriptions, seconds: Math.max(seconds, (requests * latency) / 1000 / resolved.request.lanes),
    byTimespan: [...byTimespan].map(([timespan, requests]) => ({ timespan, requests })),
    quotas: quotas.map((quota) => ({ ...quota, left: quota.period === 'day' || quota.period === 'month' ? Math.max(quota.limit - (use?.[quota.period] ?? 0), 0) : null })),
  }
}
