import { loadedDays } from '../../../store/ledger/days.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { Source } from '../../../sources/source.js'
import type { Runtime } from '../../runs/runtime.js'
import type { DayResult } from '../day/result.js'
import type { LoadRequest } from '../request.js'
import { requireLoadable, resolveLoad } from '../resolve.js'
import { loadRange, type RangeObserver } from './load-range.js'

/** What came of reading the file of a loaded date again. */
export interface CheckedFile {
  date: IsoDate
  /** How the comparison ended; without counts nothing was compared. */
  result: DayResult
  /** Whether the source has another version of the file than the one that was loaded. */
  isOther: boolean
}

/**
 * Reads the files of the loaded dates of a request again and compares them with the stored bars, bar for bar: by the same path
 * as a load and as fast, and writes nothing.
 * @throws UsageError when the source cannot be used at all
 */
export async function checkFiles(runtime: Runtime, request: LoadRequest, source: Source, observer: RangeObserver): Promise<CheckedFile[]> {
  const { db, signal } = runtime
  const load = await resolveLoad(runtime, { ...request, symbols: null, only: 'loaded', include_closed: true, force: true, accept: true, dry_run: true }, source)
  await requireLoadable(runtime, load)
  const loaded = await db.prepare(signal, (client) => loadedDays(client, load.dataset.name, load.range))
  const { days } = await loadRange(runtime, load, null, observer)
  signal.throwIfAborted()
  return days.map((result) => ({ date: result.date, result, isOther: result.version !== null && result.version !== loaded.get(result.date)?.version }))
}

/** Whether the stored bars are those of the file. */
export function isAsStored({ result: { counts }, isOther }: CheckedFile): boolean {
  return !isOther && counts !== null && counts.inserted + counts.updated + counts.removed === 0
}
