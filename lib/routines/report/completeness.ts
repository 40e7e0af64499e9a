import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import { survey, type SurveyOptions } from '../../features/status/survey.js'
import type { DayState } from '../../features/status/day-state.js'
import type { Queryable } from '../../postgres/database.js'
import { checkedDays, coverageOf, leftRows, lowestScores, type CheckedDay, type Coverage, type LeftRows, type LowScore } from '../../store/quality/report-days.js'
import type { ResolvedReport } from './request.js'

/** A security counts as covered that has more than so many percent of the bars expected of it. */
const COVERED_PERCENT = 99

/** A session of the report. */
export interface ReportedDay extends CheckedDay {
  state: DayState
  /** Far fewer bars than the sessions around it have. */
  thin: boolean
}

/** What is there of what is expected. */
export interface Completeness {
  /** The sessions, in order. */
  days: ReportedDay[]
  coverage: Coverage
  left: LeftRows
  lowest: LowScore[]
}

/** What is known of the sessions of a report, and of the securities on them. */
export async function completenessOf(db: Queryable, { range, calendar, publication, sessions }: ResolvedReport, options: Pick<SurveyOptions, 'thinBelow' | 'now'>, most: number): Promise<Completeness> {
  const { days } = await survey(db, { ...options, calendar, publication, dataset: DAY_AGGS, range })
  const stands = new Map(days.map((day) => [day.date, day]))
  const checked = await checkedDays(db, sessions.map(({ date }) => date))
  return {
    days: checked.map((day) => ({ ...day, state: stateOf(stands, day.date), thin: stands.get(day.date)?.thin ?? false })),
    coverage: await coverageOf(db, range, COVERED_PERCENT, most),
    left: await leftRows(db, DAY_AGGS.name, range, most),
    lowest: await lowestScores(db, range, most),
  }
}

function stateOf(stands: ReadonlyMap<IsoDate, { state: DayState | null }>, date: IsoDate): DayState {
  return stands.get(date)?.state ?? 'not_loaded'
}
