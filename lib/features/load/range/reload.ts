import type { IsoDate } from '../../../domain/dates.js'
import type { Source } from '../../../sources/source.js'
import type { Runtime } from '../../runs/runtime.js'
import type { LoadRequest } from '../request.js'
import { requireLoadable, resolveLoad } from '../resolve.js'
import { loadRange, type RangeObserver, type RangeResult } from './load-range.js'

/**
 * Loads some dates of a request's range, under a run that is there already, and writes down what was wrong with each in the transaction that makes it right.
 * @param runId null in a dry run
 * @throws UsageError when the source or the database cannot be used at all
 */
export async function reloadDates(
  runtime: Runtime, request: LoadRequest, source: Source, { chosen, runId, observer }: { chosen: ReadonlySet<IsoDate>; runId: number | null; observer: RangeObserver },
): Promise<RangeResult> {
  const load = await resolveLoad(runtime, { ...request, symbols: null, only: null, mend: true, dry_run: runId === null }, source)
  await requireLoadable(runtime, load)
  return loadRange(runtime, { ...load, chosen }, runId, observer)
}
