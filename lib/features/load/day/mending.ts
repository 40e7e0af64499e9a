import type pg from 'pg'
import type { Dataset } from '../../../datasets/dataset.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { Tally } from '../../../domain/tally.js'
import type { Difference } from '../../../store/bars/merge.js'
import { stateOfDate, type DateState } from '../../../store/ledger/verify.js'
import { logRemediation, logRemediationOnce } from '../../../store/quality/remediations.js'

/** A merge, as far as it matters to what is written down of it. */
interface Merging {
  dataset: Dataset
  date: IsoDate
  provider: string
  /** The symbols of an override, or null. */
  selected: ReadonlySet<string> | null
  mend: boolean
}

/** What a merge has found out by now. */
interface Comparison {
  difference: Difference
  hasFills: boolean
  /** Whether the version is the one that the date stands at, so that what differs was changed behind the loader's back. */
  isRepair: boolean
}

/** How a date stands before it is written, where something is wrong with it; undefined where nothing is, or nothing lets suspect so. */
export async function stateBefore(client: pg.ClientBase, { dataset, date, selected, mend }: Merging, { difference, hasFills, isRepair }: Comparison): Promise<DateState | undefined> {
  const differs = difference.inserted + difference.updated + difference.removed > 0
  if (selected !== null || !(mend || (isRepair && (differs || hasFills)))) return undefined
  const state = await stateOfDate(client, dataset, date)
  // What the ledger says may agree with the bars, and neither with the file.
  if (state.wrong.length === 0 && differs && state.ledger_rows !== null) state.wrong.push('file')
  return state.wrong.length === 0 ? undefined : state
}

/** Writes down, in the transaction of the load, what was wrong with a date and how it stands now. */
export async function logMended(client: pg.ClientBase, { dataset, date, provider }: Merging, { runId, before, pulledAt }: { runId: number; before: DateState; pulledAt: Date }): Promise<void> {
  const after = await stateOfDate(client, dataset, date)
  const isRight = after.wrong.length === 0
  await logRemediation(client, {
    kind: 'checksum_mismatch', timespan: dataset.window, security: null, dates: { start: date, end: date }, provider, action: 'reload', state: isRight ? 'resolved' : 'failed',
    occurrences: 1, before, after, message: isRight ? null : 'to load its file again does not mend what is wrong with the ledger', runId, beganAt: pulledAt,
  })
}

/** Writes down, in the transaction of the load, the rows of a file that repeat others of it. */
export async function logDuplicates(client: pg.ClientBase, { dataset, date, provider }: Merging, { runId, tally, pulledAt }: { runId: number; tally: Tally; pulledAt: Date }): Promise<void> {
  const { equal, different, symbols } = tally.repeats
  if (equal + different === 0) return
  await logRemediationOnce(client, {
    kind: 'duplicate', timespan: dataset.window, security: null, dates: { start: date, end: date }, provider, action: 'kept_first', state: 'resolved',
    occurrences: equal + different, before: { equal_rows: equal, different_rows: different, symbols: [...symbols] }, after: null, message: null, runId, beganAt: pulledAt,
  })
}
