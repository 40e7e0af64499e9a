import type { IsoDate } from '../../../domain/dates.js'
import type { Universe } from '../../../domain/universe.js'
import { SESSIONS_AFTER } from '../rules/rule.js'
import { countingSessions, type ReadSessions } from './day.js'
import { SPAN, type Histories, type History } from './histories.js'
import { nameOn } from './names.js'

/** Of so few sessions before it nothing is expected of a date. */
const LEAST = 10

/** A security without a bar that should have one. */
export interface Absent {
  symbolId: number
  symbol: string
}

/** Whether a security that has no bar on a session usually trades, and is still there: it trades again at once, or nobody can tell yet. */
function isExpected(history: History, session: number, isBefore: Uint8Array, least: number, canTell: boolean): boolean {
  let before = 0
  let isThere = !canTell
  for (let index = Math.max(history.count - SPAN, 0); index < history.count; index++) {
    const its = history.session[index % SPAN]!
    if (its > session) isThere = true
    else if (session - its < isBefore.length) before += isBefore[session - its]!
  }
  return isThere && before >= least
}

/**
 * The securities that were expected on a session and have no bar, by symbol: they had one on so many percent of the sessions before it that count. Where the session itself does not count
 * nothing is expected.
 */
export function absentOn(date: IsoDate, session: number, histories: Histories, read: ReadSessions, universe: Universe, percent: number): Absent[] {
  const counting = countingSessions(read, session)
  const before = counting.filter((number) => number < session)
  if (!counting.includes(session) || before.length < LEAST) return []
  const isBefore = new Uint8Array(SPAN)
  for (const number of before) isBefore[session - number] = 1
  // The last of the sessions after it tells that the data goes on; one before that may be without a file.
  const canTell = counting.includes(session + SESSIONS_AFTER)
  const absent: Absent[] = []
  for (const history of histories.values()) {
    if (history.placeOf(session) >= 0 || !isExpected(history, session, isBefore, (before.length * percent) / 100, canTell)) continue
    const symbol = nameOn(universe, history.symbolId, date)
    if (symbol !== undefined) absent.push({ symbolId: history.symbolId, symbol })
  }
  return absent.sort((a, b) => a.symbolId - b.symbolId)
}
