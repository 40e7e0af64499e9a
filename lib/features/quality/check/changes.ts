import type { KeptFinding, StoredFinding } from '../../../store/quality/findings.js'
import type { NamedFound } from './judge.js'

/** What becomes of findings. */
export interface FindingChanges {
  inserted: KeptFinding[]
  updated: StoredFinding[]
  /** Those that are not found any more though nothing but the data can be why, and the values that are there now; null: none. */
  restated: { finding: StoredFinding; values: string | null }[]
  /** Findings that were not there before or had been resolved, that became explained, and that became resolved. */
  counts: FindingCounts
}

export interface FindingCounts {
  found: number
  explained: number
  resolved: number
}

const keyOf = ({ rule, symbolId, date, provider }: Pick<KeptFinding, 'rule' | 'symbolId' | 'date' | 'provider'>): string => [rule, symbolId, date, provider].join('|')

/** What is found as it is to be kept. What a person has said holds while the values stand; what an action explains is for actions to take back. */
function kept({ rule, symbolId, symbol, date, lastDate, provider, cause, details, seen }: NamedFound, before: StoredFinding | undefined): KeptFinding {
  const found = { rule, symbolId, symbol, date, lastDate, provider, details, seen }
  const isByPerson = before?.cause === 'person' && before.seen === seen
  const isByAction = cause === null && before?.state === 'explained' && before.cause !== 'person' && before.explainedBy !== null
  if (isByPerson || isByAction) return { ...found, state: 'explained', cause: before.cause, reason: before.reason, explainedBy: before.explainedBy }
  return { ...found, state: cause === null ? 'open' : 'explained', cause, reason: null, explainedBy: null }
}

/** The same text for the same figures, in whatever order they are. */
const textOf = (details: KeptFinding['details']): string => JSON.stringify(Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1)))

function isSame(a: KeptFinding, b: KeptFinding): boolean {
  return a.symbol === b.symbol && a.lastDate === b.lastDate && a.state === b.state && a.cause === b.cause && a.seen === b.seen && a.reason === b.reason &&
    a.explainedBy === b.explainedBy && textOf(a.details) === textOf(b.details)
}

/** What makes the findings there are those that were found. @param valuesOf the values now of what was found before; null: there are none */
export function changesOf(stored: readonly StoredFinding[], found: readonly NamedFound[], valuesOf: (finding: StoredFinding) => string | null): FindingChanges {
  const before = new Map(stored.map((finding) => [keyOf(finding), finding]))
  const changes: FindingChanges = { inserted: [], updated: [], restated: [], counts: { found: 0, explained: 0, resolved: 0 } }
  for (const one of found) {
    const key = keyOf(one)
    const finding = before.get(key)
    before.delete(key)
    const now = kept(one, finding)
    if (finding === undefined) changes.inserted.push(now)
    else if (!isSame(finding, now)) changes.updated.push({ ...now, findingId: finding.findingId })
    if (finding === undefined || finding.state === 'resolved') changes.counts.found++
    if (now.state === 'explained' && finding?.state !== 'explained') changes.counts.explained++
  }
  for (const finding of before.values()) {
    if (finding.state === 'resolved') continue
    changes.updated.push({ ...finding, state: 'resolved' })
    changes.counts.resolved++
    const values = valuesOf(finding)
    if (values !== finding.seen) changes.restated.push({ finding, values })
  }
  return changes
}
