import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { publication } from '../../lib/calendar/publication.js'
import { isoDate } from '../../lib/domain/dates.js'
import type { AssetSituation, DatasetSituation, OwedDate, Situation } from '../../lib/features/alerts/situation.js'

/** The calendar without anything that a user keeps. */
export const CALENDAR = createCalendar(DEFAULT_EXCHANGE)
export const PUBLICATION = { publishedAt: '11:00', missingAfter: 24 }

/** Everything in order at an instant, but for what a test wants to be otherwise. */
export function situation(now: string, otherwise: Partial<Situation> = {}): Situation {
  return {
    now: new Date(now), calendar: CALENDAR, publication: PUBLICATION, thresholds: { staleAfter: 60, staleAfterOf: undefined, minQuality: 0.6, minDiskFree: 10 }, datasets: [], assets: [], failedRuns: [],
    lastRun: { runId: 7, at: new Date(new Date(now).getTime() - 3_600_000) }, gaps: [], qualityDates: [], checksumMismatches: [], providers: [], disks: [], undeliverable: [], symbolChanges: [], newSymbols: [],
    calendarChanges: [], ...otherwise,
  }
}

/** A date that is owed, due as the calendar has it. */
export function owed(date: string, state: OwedDate['state'] = 'not_loaded', code: string | null = null): OwedDate {
  return { date: isoDate(date), due: publication(CALENDAR, isoDate(date), PUBLICATION).due, state, code }
}

/** Daily files that owe these dates. */
export function dayFiles(...dates: OwedDate[]): DatasetSituation {
  return { dataset: 'day_aggs', timespan: 'day', provider: 'massive', firstLoaded: isoDate('2021-01-04'), owed: dates, horizonStart: isoDate('2026-11-09') }
}

/** A watched security's bars that owe these dates. */
export function asset(symbol: string, dates: readonly string[], otherwise: Partial<AssetSituation> = {}): AssetSituation {
  return { symbol, timespan: 'day', dataset: 'day_aggs', provider: 'massive', lagMinutes: 0, owed: dates.map((date) => owed(date)), quality: null, ...otherwise }
}
