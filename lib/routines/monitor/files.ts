import type pg from 'pg'
import { publication } from '../../calendar/publication.js'
import type { Dataset } from '../../datasets/dataset.js'
import { addDays, type IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import { wallTime } from '../../domain/zone.js'
import type { DatasetSituation, OwedDate } from '../../features/alerts/situation.js'
import { latestOwed, windowsSince, type Clock } from '../../features/freshness/windows.js'
import { DAY_FILE_PROVIDERS } from '../../providers/providers.js'
import { loadedDates } from '../../store/ledger/days.js'
import { lastAttempts, type LastAttempt } from '../../store/runs/attempts.js'
import { filesBegun } from '../../store/service/file-lateness.js'

/** Calendar days that surely hold the latest sessions that are owed. */
const DAYS_BACK = 30

const BROKEN: ReadonlySet<Outcome> = new Set(['forbidden', 'source_failed', 'db_failed'])

function stateOf(attempt: LastAttempt | undefined): OwedDate['state'] {
  if (attempt === undefined) return 'not_loaded'
  if (BROKEN.has(attempt.outcome)) return 'failed'
  return attempt.outcome === 'missing' ? 'missing' : 'not_loaded'
}

/** How a kind of day files stands, and whether anybody keeps up with it. */
export interface FilesSituation extends DatasetSituation {
  isKeptUp: boolean
}

/** How a kind of day files stands, by the sessions of the horizon alone. */
export async function datasetSituation(client: pg.ClientBase, { name: dataset, window: timespan }: Dataset, clock: Clock): Promise<FilesSituation> {
  const { calendar, publication: rule, now } = clock
  const today = wallTime(now, calendar.exchange.zone).date
  const { firstLoaded, isKeptUp } = await filesBegun(client, dataset)
  const earliest = addDays(today, -DAYS_BACK)
  const windows = windowsSince(firstLoaded !== null && firstLoaded > earliest ? firstLoaded : earliest, 'day', clock)
  const latest = latestOwed(windows)
  const found = { dataset, timespan, provider: DAY_FILE_PROVIDERS[0].name, firstLoaded, isKeptUp, horizonStart: latest[0]?.date ?? today }
  if (firstLoaded === null || !isKeptUp) return { ...found, owed: [] }
  const [start, end] = [found.horizonStart, windows.windows.at(-1)?.date ?? today]
  const loaded = new Set<IsoDate>(await loadedDates(client, dataset, { start, end: null }))
  const absent = [...latest, ...windows.windows.slice(windows.owed)].filter(({ date }) => !loaded.has(date))
  const attempts = absent.length === 0 ? new Map<IsoDate, LastAttempt>() : await lastAttempts(client, dataset, { start, end })
  const owed = absent.map(({ date }): OwedDate => {
    const attempt = attempts.get(date)
    return { date, due: publication(calendar, date, rule).due, state: stateOf(attempt), code: attempt?.code ?? null }
  })
  // What is not due yet is told of only where it failed.
  return { ...found, owed: owed.filter(({ due, state }) => due <= now || state === 'failed') }
}
