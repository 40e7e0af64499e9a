import type { DateRange } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { Comparison } from '../../features/compare/comparison.js'
import { compareProvider } from '../../features/compare/provider.js'
import { readProviderComparison } from '../../features/compare/request.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { BAR_SOURCES } from '../../providers/authority.js'

/** Of everyone who has given daily bars of the range: how they compare with the stored ones. */
export async function accuracyOf(runtime: Runtime, range: DateRange, most: number): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const { name: provider } of BAR_SOURCES) {
    runtime.signal.throwIfAborted()
    try {
      const { comparison } = await compareProvider(runtime, readProviderComparison({ dates: range, provider, limit: most }))
      comparisons.push(comparison)
    } catch (error) {
      if (!(error instanceof UsageError && error.code === 'COMPARE_NOTHING')) throw error
    }
  }
  return comparisons
}
