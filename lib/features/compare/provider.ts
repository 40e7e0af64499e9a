import { addDays, type DateRange } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import { DAY_AGGS } from '../../datasets/day.js'
import { BAR_SOURCES } from '../../providers/authority.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { givenBy } from '../../store/compare/securities.js'
import { againstDaily, againstProvider } from '../../store/compare/sides.js'
import type { Runtime } from '../runs/runtime.js'
import { compareAll, type CompareObserver, type Comparison, type Side } from './comparison.js'
import type { ProviderComparison } from './request.js'
import { nothingToCompare, resolveComparison } from './resolve.js'

/** So many days around the range tell what the sessions beside it were. */
const AROUND = 10

/** Whose bars there may be, by a name of theirs. @throws UsageError PROVIDER_UNKNOWN */
function sourceNamed(name: string): Side {
  const stored = BAR_PROVIDERS.find(({ aliases }) => aliases.includes(name))?.name ?? name
  const found = BAR_SOURCES.find((source) => source.name === stored)
  if (found !== undefined) return { name: found.name, basis: found.basis }
  throw new UsageError('PROVIDER_UNKNOWN', `there is no provider "${name}"`, { hint: `there are: ${BAR_SOURCES.map((source) => source.name).join(', ')}` })
}

/** How the bars of a provider that can be asked are had. */
function hintFor(name: string, { start, end }: DateRange): string | undefined {
  const hint = `ohlcv fetch --provider ${name} --timespan day --symbols all --start ${start} --end ${end} fetches them`
  return BAR_PROVIDERS.some((provider) => provider.name === name) ? hint : undefined
}

/**
 * Compares a provider's daily bars with the stored ones, or those of another provider.
 * @throws UsageError PROVIDER_UNKNOWN, COMPARE_NOTHING where a side has no bar, and as {@link resolveComparison}
 */
export async function compareProvider(runtime: Runtime, request: ProviderComparison, observer: CompareObserver = {}): Promise<{ range: DateRange; comparison: Comparison }> {
  const mine = sourceNamed(request.provider)
  const other = request.against === null ? null : sourceNamed(request.against)
  const theirs: Side = other ?? { name: DAY_AGGS.table, basis: 'none' }
  const { range, sessions, symbolIds } = await resolveComparison(runtime, request)
  const wanted = symbolIds ?? (await givenBy(runtime.db.pool, mine, range))
  observer.onPlan?.(wanted.length)
  const found = await compareAll(runtime, other === null ? againstDaily(mine) : againstProvider(mine, other), wanted, {
    range, around: { start: addDays(range.start, -AROUND), end: addDays(range.end, AROUND) }, times: sessions.map(({ date }) => date),
  }, request.limit, observer)
  const has = (side: 'onlyMine' | 'onlyTheirs'): boolean => found.securities.some((security) => security.both + security[side] > 0)
  if (!has('onlyMine')) throw nothingToCompare(`${mine.name} has given no daily bars`, range, request, hintFor(mine.name, range))
  if (!has('onlyTheirs')) throw nothingToCompare(other === null ? `${theirs.name} has no bars` : `${other.name} has given no daily bars${symbolIds === null ? ` of what ${mine.name} has given` : ''}`, range, request, other === null ? undefined : hintFor(other.name, range))
  return { range, comparison: { timespan: 'day', mine, theirs, ...found } }
}
