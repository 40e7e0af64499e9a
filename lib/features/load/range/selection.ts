import { FAILED } from '../../../domain/outcome.js'
import type { LoadedDay } from '../../../store/ledger/days.js'
import type { LastAttempt } from '../../../store/runs/attempts.js'
import type { DayFile } from '../../../sources/source.js'
import type { Outcome } from '../../../domain/outcome.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { LoadRequest } from '../request.js'

/** Which dates of a range a run is about: those never loaded, those loaded, those whose last attempt failed, those that are not whole (either, or stale), those whose file has changed. */
export type Only = NonNullable<LoadRequest['only']>

/** How the dates of a range stand before a run. */
export interface Standing {
  loaded: ReadonlyMap<IsoDate, LoadedDay>
  /** The last at each date. */
  attempts: ReadonlyMap<IsoDate, LastAttempt>
  versionOf: (file: DayFile) => Promise<string | undefined>
}

const RETRY: ReadonlySet<Outcome> = new Set([...FAILED, 'interrupted'])

/** Whether a run limited to `only` is about this date. */
export async function isSelected(only: Only, date: IsoDate, file: DayFile | undefined, { loaded, attempts, versionOf }: Standing): Promise<boolean> {
  const day = loaded.get(date)
  if (only === 'unloaded') return day === undefined
  if (only === 'loaded') return day !== undefined
  const failed = RETRY.has(attempts.get(date)?.outcome ?? 'loaded')
  if (only === 'failed') return failed
  if (only === 'incomplete') return day === undefined || day.stale || failed
  return day !== undefined && file !== undefined && (await versionOf(file)) !== day.version
}
