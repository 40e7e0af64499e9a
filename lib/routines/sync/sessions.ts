import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import type { LoadResult } from '../../features/load/load.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { standingOf, type Standing } from '../../store/bars/standing.js'

/** How the day file of a session ended, and how the session stands since. */
export interface SyncedSession extends Standing {
  /** Null where no file was looked for. */
  outcome: Outcome | null
  code: string | null
  message: string | null
}

/** How the sessions stand, the load that was just made told with them. */
export async function sessionsAfter({ db, signal }: Runtime, dates: readonly IsoDate[], load: LoadResult | null): Promise<SyncedSession[]> {
  const ended = new Map(load?.days.map((day) => [day.date, day]))
  const standing = await db.run(signal, (client) => standingOf(client, DAY_AGGS.name, dates))
  return standing.map((session) => {
    const { outcome = null, code = null, message = null } = ended.get(session.date) ?? {}
    return { ...session, outcome, code, message }
  })
}

/** How a session stands after a sync. */
export interface FinishedSession extends SyncedSession {
  /** Whether providers gave, in this sync, what its day file lacks. */
  isFilled: boolean
}

/** Without a file, as opposed to one that cannot be read or stored. */
const NO_FILE: ReadonlySet<Outcome | null> = new Set(['missing', 'forbidden', 'not_published', null])

/** What a session counts as: one without a file that was filled is as good as loaded for now, and one that another process is loading is in good hands. */
export function countsAs({ outcome, isLoaded, isFilled }: FinishedSession): Outcome {
  if (isFilled && NO_FILE.has(outcome)) return 'loaded'
  if (outcome === 'locked') return 'unchanged'
  return outcome ?? (isLoaded ? 'unchanged' : 'missing')
}
