import { loadedDays } from '../../../store/ledger/days.js'
import type { IsoDate } from '../../../domain/dates.js'
import { loadRange, type RangeJob } from './load-range.js'
import type { DayResult } from '../day/result.js'

/** What came of reading the file of a loaded date again. */
export interface CheckedFile {
  date: IsoDate
  /** How the comparison ended; without counts nothing was compared. */
  result: DayResult
  /** Whether the source has another version of the file than the one that was loaded. */
  isOther: boolean
}

/**
 * Reads the files of the loaded dates of a range again and compares them with the stored bars, bar for bar: by the same path
 * as a load and as fast, and writes nothing.
 * @throws UsageError when the source cannot be used at all
 */
export async function checkFiles(job: RangeJob): Promise<CheckedFile[]> {
  const { context, range, signal } = job
  const loaded = await context.steadyPool.prepare(signal, (client) => loadedDays(client, context.dataset.name, range))
  const { days } = await loadRange({ ...job, only: 'loaded', includeClosed: true, context: { ...context, selected: null, dryRun: true, force: true, accept: true } })
  signal.throwIfAborted()
  return days.map((result) => ({ date: result.date, result, isOther: result.identity !== null && result.identity !== loaded.get(result.date)?.sourceIdentity }))
}

/** Whether the stored bars are those of the file. */
export function isAsStored({ result: { counts }, isOther }: CheckedFile): boolean {
  return !isOther && counts !== null && counts.inserted + counts.updated + counts.removed === 0
}
