import type { IsoDate } from '../../../domain/dates.js'
import type { Outcome } from '../../../domain/outcome.js'
import type { RejectReason } from '../../../domain/reject.js'
import type { RowCounts } from '../../../domain/counts.js'
import type { Difference } from '../../../store/bars/merge.js'

/** What a day file held and what its merge changed (or, in a dry run, would change). */
export interface DayCounts extends RowCounts, Difference {
  /** Bytes of the file as stored at the source. */
  bytes: number
  reasons: Partial<Record<RejectReason, number>>
}

/** How one date ended. */
export interface DayResult {
  date: IsoDate
  outcome: Outcome
  /** The code of the error or finding, if any. */
  code: string | null
  message: string | null
  /** Null when no file was read to its end. */
  counts: DayCounts | null
  /** Bars the table holds for the date now; null where the run has not looked. */
  rows: number | null
  unknownSymbols: readonly string[]
  /** Which version of the file was read; null when none was. */
  version: string | null
  loadId: number | null
  startedAt: Date
  finishedAt: Date
}

/** A result for a date that needed no reading. */
export function withoutReading(date: IsoDate, at: Date, ending: Pick<DayResult, 'outcome' | 'code' | 'message'>, rows: number | null = null): DayResult {
  return { date, ...ending, counts: null, rows, unknownSymbols: [], version: null, loadId: null, startedAt: at, finishedAt: at }
}
