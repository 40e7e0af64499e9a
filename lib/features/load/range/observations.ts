import { databaseFailure } from '../../../postgres/failures.js'
import { absenceOn, type Absence } from '../../../store/bars/absence.js'
import { daySizes } from '../../../store/ledger/days.js'
import type { IsoDate } from '../../../domain/dates.js'
import { coverage, usualAround } from '../../../domain/usual.js'
import type { RangeJob, RangeResult } from './load-range.js'
import type { LoadContext } from '../day/try-day.js'

/** Securities without a row that are named. */
const EXAMPLES = 5

/** A date with far fewer bars than the sessions around it. */
export interface ThinDate {
  date: IsoDate
  rowCount: number
  /** The median of its neighbours. */
  usual: number
}

/** What there is to know about the dates a run has loaded, besides how they ended. */
export interface Observations {
  thin: ThinDate[]
  /** Of the latest session loaded; null where nothing is absent. */
  absence: (Absence & { date: IsoDate }) | null
}

/** The run whose dates are observed. */
export interface ObservedRun extends Pick<RangeJob, 'calendar' | 'signal'> {
  context: Pick<LoadContext, 'dataset' | 'dryRun' | 'selected' | 'steadyPool' | 'log'>
}

const NOTHING: Observations = { thin: [], absence: null }

/**
 * Holds the sessions that a run has loaded against those stored around them, and the latest against the universe. A run
 * that makes no date complete, or was stopped, is not judged; nor is one whose database has gone.
 * @param thinBelow percent of the usual number of bars below which a date is thin
 */
export async function observe({ context, calendar, signal }: ObservedRun, { days }: Pick<RangeResult, 'days'>, thinBelow: number): Promise<Observations> {
  const { dataset, dryRun, selected, steadyPool, log } = context
  const loaded = new Set(days.filter(({ date, outcome }) => outcome === 'loaded' && calendar.session(date)).map(({ date }) => date))
  if (dryRun || selected !== null || loaded.size === 0 || signal.aborted) return NOTHING
  try {
    return await steadyPool.run(signal, async (db) => {
      const sessions = (await daySizes(db, dataset.name)).filter(({ date }) => calendar.session(date))
      const thin = sessions.flatMap(({ date, rowCount }, at) => {
        if (!loaded.has(date)) return []
        const usual = usualAround(sessions, at)
        const percent = coverage(rowCount, usual)
        return usual && percent !== null && percent < thinBelow ? [{ date, rowCount, usual: usual.rowCount }] : []
      })
      const latest = sessions.findLastIndex(({ date }) => loaded.has(date))
      const date = sessions[latest]?.date
      if (date === undefined) return { thin, absence: null }
      const absence = await absenceOn(db, dataset, date, sessions[latest - 1]?.date ?? null, EXAMPLES)
      return { thin, absence: absence.absent > 0 ? { date, ...absence } : null }
    })
  } catch (error) {
    if (databaseFailure(error) === undefined) throw error
    log.warn({ reason: (error as Error).message }, 'could not hold the loaded dates against those around them')
    return NOTHING
  }
}
