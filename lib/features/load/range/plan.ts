import type { Calendar } from '../../../calendar/calendar.js'
import { publication, type PublicationRule } from '../../../calendar/publication.js'
import type { Dataset } from '../../../datasets/dataset.js'
import { datesOf, weekday, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { messageWithHint } from '../../../domain/errors.js'
import type { Outcome } from '../../../domain/outcome.js'
import type { DayFile, Source } from '../../../sources/source.js'

/** A date that needs no file to be read: how it ends, and why. */
export interface SettledDate {
  date: IsoDate
  outcome: Outcome
  code: string | null
  message: string | null
}

/** What a run will do, by date. */
export interface Plan {
  files: DayFile[]
  settled: SettledDate[]
  /** Saturdays and Sundays without a file. */
  weekends: number
}

/** What decides about a date besides the source. */
export interface PlanJob {
  calendar: Calendar
  publication: PublicationRule
  source: Source
  dataset: Dataset
  range: DateRange
  /** Only these dates of the range; null: all. */
  chosen: ReadonlySet<IsoDate> | null
  /** Read files of closed days as well. */
  includeClosed: boolean
  now: Date
  signal: AbortSignal
}

/** Why a session has no file. A plan's window shows as refusals before the earliest file the source lists. */
async function withoutFile(job: PlanJob, date: IsoDate, earliest: IsoDate | undefined): Promise<SettledDate> {
  const { due, missingFrom } = publication(job.calendar, date, job.publication)
  const at = (instant: Date) => instant.toISOString().replace(':00.000Z', 'Z')
  if (job.now < missingFrom) {
    const late = job.now < due ? `is due at ${at(due)}` : `was due at ${at(due)} and counts as missing from ${at(missingFrom)}`
    return { date, outcome: 'not_published', code: 'NOT_PUBLISHED', message: `the file ${late}` }
  }
  const answer = await job.source.probe(job.dataset, date, job.signal)
  return answer === 'forbidden' && (earliest === undefined || date < earliest)
    ? { date, outcome: 'forbidden', code: 'OUTSIDE_PLAN', message: 'the source refuses this date: it is probably outside the window of your plan' }
    : { date, outcome: 'missing', code: 'FILE_MISSING', message: `the source has no file, which was due at ${at(due)}` }
}

/** Decides, before anything is read, which dates have a file to read and how the others end. */
export async function makePlan(job: PlanJob): Promise<Plan> {
  const { calendar, source, dataset, range, chosen, includeClosed, signal } = job
  const listed = await source.list(dataset, range, signal)
  const earliest = [...listed.keys()].sort()[0]
  const plan: Plan = { files: [], settled: [], weekends: 0 }
  for (const date of datesOf(range)) {
    if (chosen?.has(date) === false) continue
    const file = listed.get(date)
    if (calendar.session(date)) {
      if (file) plan.files.push(file)
      else plan.settled.push(await withoutFile(job, date, earliest))
      continue
    }
    const isWeekend = weekday(date) === 0 || weekday(date) === 6
    const reason = calendar.closure(date)?.reason ?? 'weekend'
    if (file && includeClosed) plan.files.push(file)
    else if (file) {
      plan.settled.push({ date, outcome: 'holiday', code: 'FILE_ON_CLOSED_DAY', message: messageWithHint({ message: `there is a file for a closed day (${reason})`, hint: 'it may be that of the session before; --include-closed loads it all the same' }) })
    } else if (isWeekend) plan.weekends++
    else plan.settled.push({ date, outcome: 'holiday', code: null, message: reason })
  }
  return plan
}
