import { FAILED } from '../../../domain/outcome.js'
import type { LoadedDay } from '../../../store/ledger/days.js'
import type { DayFile } from '../../../sources/source.js'
import type { Outcome } from '../../../domain/outcome.js'
import type { IsoDate } from '../../../domain/dates.js'

/** Which dates of a range a run is about: those never loaded, those loaded, those whose last attempt failed, those whose file has changed. */
export type Only = 'unloaded' | 'loaded' | 'failed' | 'changed'

/** What is known of the dates before a run. */
export interface Known {
  loaded: ReadonlyMap<IsoDate, LoadedDay>
  lastOutcomes: ReadonlyMap<IsoDate, Outcome>
  identityOf(file: DayFile): Promise<string | undefined>
}

const RETRY: ReadonlySet<Outcome> = new Set([...FAILED, 'interrupted'])

/** Whether a run limited to `only` is about this date. */
export async function isSelected(only: Only, date: IsoDate, file: DayFile | undefined, known: Known): Promise<boolean> {
  const day = known.loaded.get(date)
  if (only === 'unloaded') return day === undefined
  if (only === 'loaded') return day !== undefined
  if (only === 'failed') return RETRY.has(known.lastOutcomes.get(date) ?? 'loaded')
  return day !== undefined && file !== undefined && (await known.identityOf(file)) !== day.sourceIdentity
}
