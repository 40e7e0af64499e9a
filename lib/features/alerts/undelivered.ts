import type { Queryable } from '../../postgres/database.js'
import { undeliverableChannels, type Undeliverable } from '../../store/alerts/undeliverable.js'

/** So long what waits is only on its way; and so long it is told that something was given up. */
const ON_ITS_WAY_MS = 10 * 60_000
const GIVEN_UP_MS = 7 * 86_400_000

/** What channels do not get through, for who looks. */
export function undeliveredAt(db: Queryable, now: Date): Promise<Undeliverable[]> {
  return undeliverableChannels(db, new Date(now.getTime() - ON_ITS_WAY_MS), new Date(now.getTime() - GIVEN_UP_MS))
}
