import { NO_DESCRIPTION } from '../../domain/description.js'
import { undated } from '../../formats/listing.js'
import type { SecurityDetails } from '../../providers/bar-provider.js'
import { rangesAround } from '../../store/universe/ranges.js'
import { recordAsked, updateDescriptions } from '../../store/universe/securities.js'
import type { Runtime } from '../runs/runtime.js'
import { describing, importListings } from './import.js'

/**
 * Makes a symbol known, for all dates until more is known, where it names nothing yet; and describes the security whose symbol it is today. What the details lack
 * stays as it is. A symbol that is known already keeps nobody waiting: only a new one needs a change of identities.
 * @param details null: the provider does not know the symbol, or knows nothing of it
 */
export async function registerSecurity(runtime: Runtime, symbol: string, details: SecurityDetails | null): Promise<void> {
  const { db: { pool }, now } = runtime
  const row = undated(0, symbol, { ...NO_DESCRIPTION, ...details })
  let ranges = await rangesAround(pool, [symbol])
  if (ranges.length === 0) {
    await importListings(runtime, { listings: { rows: [row], testIssues: 0 }, cause: 'fetch', correct: false, accept: false, dryRun: false, maxRemoved: 0 })
    ranges = await rangesAround(pool, [symbol])
  }
  if (details === null) return
  for (const [symbolId, { description }] of describing([row], ranges)) {
    await updateDescriptions(pool, [{ symbolId, description }])
    await recordAsked(pool, symbolId, now())
  }
}
