import type { Queryable } from '../../postgres/database.js'
import { dayAttempts, type DayAttempt } from '../../store/runs/attempts.js'
import { dayLineage, type DayLineage } from '../../store/ledger/lineage.js'
import { fillCounts, type FillCount } from '../../store/fetches/fills.js'
import { symbolChanges, type SymbolChanges } from '../../store/bars/symbol-changes.js'
import { unknownSymbols, type UnknownSymbol } from '../../store/ledger/unknown-symbols.js'
import { rejectCounts, type RejectCount } from '../../store/ledger/rejects.js'
import { revisionCounts, type RevisionCount } from '../../store/ledger/revisions.js'
import type { IsoDate } from '../../domain/dates.js'
import { survey, type DayStatus, type SurveyOptions } from './survey.js'

const MOST_ATTEMPTS = 20

/** Everything known about one date. */
export interface DayReport {
  date: IsoDate
  /** Undefined for a weekend that nobody tried. */
  status: DayStatus | undefined
  lineage: DayLineage | undefined
  /** Bars that providers gave; a loaded date has none. */
  fills: FillCount[]
  /** The newest first. */
  attempts: DayAttempt[]
  /** The loaded session before, which symbols are compared with; null when there is none. */
  previous: IsoDate | null
  symbols: SymbolChanges | null
  unknown: UnknownSymbol[]
  rejects: RejectCount[]
  revisions: RevisionCount[]
}

/** Everything known about one date, worked out now. @param db a pool, or a client in a snapshot */
export async function dayReport(db: Queryable, date: IsoDate, options: Omit<SurveyOptions, 'range'>): Promise<DayReport> {
  const { dataset: bars } = options
  const dataset = bars.name
  const range = { start: date, end: date }
  const [{ days, sessions }, lineage, fills, attempts, unknown, rejects, revisions] = await Promise.all([
    survey(db, { ...options, range }),
    dayLineage(db, dataset, date),
    fillCounts(db, bars, { provider: null, job: null, symbolId: null, ...range }),
    dayAttempts(db, dataset, date, MOST_ATTEMPTS),
    unknownSymbols(db, dataset, date),
    rejectCounts(db, { dataset, ...range, reason: null, symbol: null }),
    revisionCounts(db, { dataset, ...range, symbolId: null }),
  ])
  const previous = sessions.findLast((session) => session < date) ?? null
  const symbols = lineage && previous !== null ? await symbolChanges(db, bars, previous, date) : null
  return { date, status: days[0], lineage, fills, attempts, previous, symbols, unknown, rejects, revisions }
}
