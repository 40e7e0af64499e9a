import { LEAST_SESSIONS, USUAL_SESSIONS, type SessionsAround } from './sessions.js'

/** So many sessions without a bar may be an oversight; with more of them a security has stopped to trade. */
const SHORT = 5

/** What a run of sessions without a bar is likely to be. */
export type RunKind = 'absent' | 'halted' | 'not_listed_yet' | 'delisted' | 'thin'

/** Consecutive known sessions on which a listed security has no bar. */
export interface Run {
  kind: RunKind
  /** Its first and last session, counted among the known ones. */
  first: number
  last: number
  /** Whether the security had bars on nearly every session before. */
  usual: boolean
  /** Whether it goes on to the last session that is known. */
  open: boolean
}

/** A security's bars on the sessions around a range. */
export interface SecuritySessions {
  sessions: SessionsAround
  /** By place: 1 for a session with a bar. */
  has: Uint8Array
  /** By place: whether a symbol names the security. */
  listed: (place: number) => boolean
  /** Percent of the sessions before on which a security that is expected had a bar. */
  usualPercent: number
}

/** How many bars there are up to each known session. */
function sums({ sessions: { known }, has }: SecuritySessions): Int32Array {
  const sum = new Int32Array(known.length + 1)
  for (let at = 0; at < known.length; at++) sum[at + 1] = sum[at]! + has[known[at]!]!
  return sum
}

function isUsual(bars: number, sessions: number, percent: number): boolean {
  return sessions >= LEAST_SESSIONS && bars * 100 >= percent * sessions
}

function kindOf({ first, last, usual, open }: Omit<Run, 'kind'>, seenBefore: boolean, resumes: boolean): RunKind {
  const length = last - first + 1
  if (usual && length <= SHORT && (resumes || open)) return 'absent'
  if (usual) return resumes && length <= USUAL_SESSIONS ? 'halted' : 'delisted'
  if (!seenBefore) return 'not_listed_yet'
  return resumes || (open && length <= SHORT) ? 'thin' : 'delisted'
}

/** A security's runs of known sessions without a bar, in order, those outside the range asked about too. */
export function runsOf(security: SecuritySessions): Run[] {
  const { sessions: { known }, has, listed, usualPercent } = security
  const sum = sums(security)
  const runs: Run[] = []
  for (let at = 0; at < known.length; at++) {
    if (has[known[at]!] === 1 || !listed(known[at]!)) continue
    const first = at
    while (at + 1 < known.length && has[known[at + 1]!] === 0 && listed(known[at + 1]!)) at++
    const window = Math.min(USUAL_SESSIONS, first)
    const usual = isUsual(sum[first]! - sum[first - window]!, window, usualPercent)
    const [open, resumes] = [at + 1 === known.length, at + 1 < known.length && has[known[at + 1]!] === 1]
    runs.push({ kind: kindOf({ first, last: at, usual, open }, sum[first]! > 0, resumes), first, last: at, usual, open })
  }
  return runs
}

/** The unloaded sessions asked about on which a listed security has no bar and is to be expected by the known ones around, in order. */
export function expectedOnUnloaded(security: SecuritySessions): number[] {
  const { sessions: { known, unloaded }, has, listed, usualPercent } = security
  if (unloaded.length === 0) return []
  const sum = sums(security)
  const lacks = (at: number): boolean => has[known[at]!] === 0
  let at = 0
  return unloaded.filter((place) => {
    while (at < known.length && known[at]! < place) at++
    if (has[place] === 1 || !listed(place)) return false
    // A date that is known by its fills alone is none of those around itself.
    let [first, end] = [at, known[at] === place ? at + 1 : at]
    const own = end - first
    while (first > 0 && lacks(first - 1) && end - first - own <= SHORT) first--
    while (end < known.length && lacks(end) && end - first - own <= SHORT) end++
    if (end - first - own > SHORT) return false
    const [before, after] = [Math.min(USUAL_SESSIONS, first), Math.min(USUAL_SESSIONS, known.length - end)]
    return before < LEAST_SESSIONS ? isUsual(sum[end + after]! - sum[end]!, after, usualPercent) : isUsual(sum[first]! - sum[first - before]!, before, usualPercent)
  })
}
