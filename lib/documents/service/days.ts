import * as v from 'valibot'
import { DAY_STATES } from '../../features/status/day-state.js'
import type { DayStatus } from '../../features/status/survey.js'
import type { Ledger } from '../../store/service/ledger-of-days.js'
import { defineDocument, type DocumentOf } from '../document.js'
import { count, date, percent } from '../fields.js'
import { dataset, outcome, rowCounts } from '../ledger-fields.js'
import { nextCursor } from './paging.js'

/** What is told of a date, in a list of them and alone; the messages of attempts are not, for they may name hosts and paths. */
export const dayFields = {
  date,
  /** Null for a weekend without bars. */
  state: v.nullable(v.picklist(DAY_STATES)),
  /** Whether the exchange opens. */
  session: v.boolean(),
  /** Why it is closed, or opens at unusual hours. */
  reason: v.nullable(v.string()),
  /** How the last attempt ended. */
  outcome: v.nullable(outcome),
  code: v.nullable(v.string()),
  row_count: v.nullable(count),
  /** Its bars in percent of the median of the sessions around it. */
  coverage: v.nullable(percent),
  /** Whether that is below the threshold. */
  thin: v.boolean(),
  /** Bars taken away since the load, because their symbol names no security any more. */
  dropped: count,
  /** What became of the rows of its file. */
  counts: v.nullable(v.strictObject(rowCounts)),
  checksum: v.nullable(v.string()),
  /** How often it was tried. */
  attempts: count,
}

/** How each date of a range stands, in order. */
export const SERVICE_DAYS = defineDocument('ohlcv.service-days/1', v.strictObject({
  dataset,
  /** The dates there is something to say about lie in this range. */
  start: date,
  end: date,
  days: v.array(v.strictObject(dayFields)),
  next_cursor: nextCursor,
}))

/** A date as both documents have it. */
export function dayOf({ date, state, session, reason, attempt, rowCount, coverage, thin, dropped }: DayStatus, ledger: Ledger | undefined): DocumentOf<typeof SERVICE_DAYS>['days'][number] {
  return {
    date, state, session, reason, outcome: attempt?.outcome ?? null, code: attempt?.code ?? null, row_count: rowCount, coverage: coverage === null ? null : Number(coverage.toFixed(1)),
    thin, dropped, counts: ledger?.counts ?? null, checksum: ledger?.checksum ?? null, attempts: ledger?.attempts ?? 0,
  }
}

/** The document of a page of dates. */
export function serviceDaysDocument(
  { dataset, start, end }: { dataset: string; start: string; end: string }, days: readonly DayStatus[], ledgers: ReadonlyMap<string, Ledger>, next: string | null,
): DocumentOf<typeof SERVICE_DAYS> {
  return { dataset, start, end, days: days.map((day) => dayOf(day, ledgers.get(day.date))), next_cursor: next }
}
