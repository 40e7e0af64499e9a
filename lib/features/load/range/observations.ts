import { databaseFailure } from '../../../postgres/failures.js'
import { absenceOn, type Absence } from '../../../store/bars/absence.js'
import { daySizes } from '../../../store/ledger/days.js'
import type { IsoDate } from '../../../domain/dates.js'
import { coverage, usualAround } from '../../../domain/usual.js'
import type { Runtime } from '../../runs/runtime.js'
import type { ResolvedLoad } from '../resolve.js'
import type { RangeResult } from './load-range.js'

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

const NOTHING: Observations = { thin: [], absence: null }

/**
 * Holds the sessions that a run has loaded against those stored around them, and the latest against the universe. A run
 * that makes no date complete, or was stopped, is not judged; nor is one whose database has gone.
 */
export async function observe({ db, log, signal }: Runtime, { request, dataset, selected, calendar }: ResolvedLoad, { days }: Pick<RangeResult, 'days'>): Promise<Observations> {
  const loaded = new Set(days.filter(({ date, outcome }) => outcome === 'loaded' && calendar.session(date)).map(({ date }) => date))
  if (request.dry_run || selected !== null || loaded.size === 0 || signal.aborted) return NOTHING
  try {
    return await db.run(signal, async (client) => {
      const sessions = (await daySizes(client, dataset.name, { start: null, end: null })).filter(({ date }) => calendar.session(date))
      const thin = sessions.flatMap(({ date, rowCount }, at) => {
        if (!loaded.has(date)) return []
        const usual = usualAround(sessions, at)
        const percent = coverage(rowCount, usual)
        return usual && percent !== null && percent < request.thin_below ? [{ date, rowCount, usual: usual.rowCount }] : []
      })
      const latest = sessions.findLastIndex(({ date }) => loaded.has(date))
      const date = sessions[latest]?.date
      if (date === undefined) return { thin, absence: null }
      const absence = await absenceOn(client, dataset, date, sessions[latest - 1]?.date ?? null, EXAMPLES)
      return { thin, absence: absence.absent > 0 ? { date, ...absence } : null }
    })
  } catch (error) {
    if (databaseFailure(error) === undefined) throw error
    log.warn({ reason: (error as Error).message }, 'could not hold the loaded dates against those around them')
    return NOTHING
  }
}
