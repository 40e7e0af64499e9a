import { DAY_AGGS } from '../../datasets/day.js'
import type { TimespanName } from '../../datasets/timespan.js'
import { providerFigures } from '../../store/fetches/metrics.js'
import { quotaUse } from '../../store/fetches/quota.js'
import { loadedDates } from '../../store/ledger/days.js'
import { loadUniverse } from '../../store/universe/universe.js'
import type { Runtime } from '../runs/runtime.js'
import type { Candidates } from './choice/candidates.js'
import { undescribed } from './describe.js'
import { estimate, type Estimate } from './estimate.js'
import { Expectations } from '../runs/expected.js'
import { planGrouped, planUnits, type Unit } from './plan.js'
import type { ResolvedFetch } from './resolve.js'

/** How long a request takes where the provider was not asked of late, in milliseconds. */
const USUAL_MS = 300

/** A limit of a provider. */
export interface PlannedQuota {
  provider: string
  period: Estimate['quotas'][number]['period']
  limit: number
  /** How many periods' requests are needed. */
  periods: number
  /** Of the limit of a day or a month; null of shorter ones, which are renewed meanwhile. */
  left: number | null
}

/** What a fetch would take, were it begun now and all of it asked of one provider: `seconds` by its limits, and by how long requests have taken of late. */
export interface DryRun extends Omit<Estimate, 'quotas'> {
  /** The first to be asked. */
  provider: string
  /** Of the requests those that ask who a security is. */
  descriptions: number
  byTimespan: { timespan: TimespanName; requests: number }[]
  /** Of everybody who may be asked, the first to be asked first. */
  quotas: PlannedQuota[]
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

/** Plans a fetch and asks for nothing. @param asked who may be asked: the plan is for the first of them */
export async function dryRun(runtime: Runtime, resolved: ResolvedFetch, asked: Candidates['asked']): Promise<DryRun> {
  const units = await unitsOf(runtime, resolved)
  const descriptions = (await undescribed(runtime, resolved)).size
  const [{ provider: { name: provider }, limits }] = asked
  const { requests, seconds } = estimate(units, limits, descriptions)
  const use = await quotaUse(runtime.db.pool)
  const latency = (await providerFigures(runtime.db.pool)).get(provider)?.medianMs ?? USUAL_MS
  const byTimespan = new Map<TimespanName, number>()
  for (const unit of units) byTimespan.set(unit.timespan.name, (byTimespan.get(unit.timespan.name) ?? 0) + estimate([unit], limits).requests)
  return {
    provider, requests, descriptions, seconds: Math.max(seconds, (requests * latency) / 1000 / resolved.request.lanes),
    byTimespan: [...byTimespan].map(([timespan, requests]) => ({ timespan, requests })),
    quotas: asked.flatMap(({ provider: { name }, limits }) => estimate(units, limits, descriptions).quotas.map(({ period, limit, periods }) => {
      const isRenewed = period !== 'day' && period !== 'month'
      return { provider: name, period, limit, periods, left: isRenewed ? null : Math.max(limit - (use.get(name)?.[period] ?? 0), 0) }
    })),
  }
}
