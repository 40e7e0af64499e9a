import type pg from 'pg'
import type { TimespanName } from '../../../datasets/timespan.js'
import type { IsoDate } from '../../../domain/dates.js'
import { explainByActions } from '../../../store/quality/actions.js'
import { findingsOn, insertFindings, updateFindings, type StoredFinding } from '../../../store/quality/findings.js'
import { writeAbsences, writeScores, type Weights } from '../../../store/quality/log.js'
import { markJudged, markStale, updateLost, type Staleness } from '../../../store/quality/marks.js'
import { logRemediation } from '../../../store/quality/remediations.js'
import { EXPLAINED_BY_ACTIONS } from '../rules/version.js'
import { changesOf, type FindingChanges, type FindingCounts } from './changes.js'
import type { Judged } from './judge.js'

/** What is written by. */
export interface Writing {
  client: pg.ClientBase
  runId: number
  beganAt: Date
  weights: Weights
  /** Rules that are statements of their own: their findings are written apart. */
  queryRules: readonly string[]
  /** Counts what becomes of findings. */
  count: (counts: FindingCounts) => void
}

/** Writes what becomes of findings, and that data was mended. */
export async function writeFindings({ client, runId, beganAt, count }: Writing, { inserted, updated, restated, counts }: FindingChanges, timespan: TimespanName = 'day'): Promise<void> {
  await insertFindings(client, inserted, runId)
  await updateFindings(client, updated, runId)
  for (const { finding, values } of restated) {
    const { rule, symbolId, symbol, date, lastDate, provider, state, details, seen } = finding
    await logRemediation(client, {
      kind: 'anomaly', timespan, security: symbolId === null ? null : { symbolId, symbol: symbol! }, dates: { start: date, end: lastDate }, provider, action: 'restated', state: 'resolved',
      occurrences: 1, before: { rule, state, values: seen, details }, after: values === null ? null : { values }, message: `${rule} is not found any more`, runId, beganAt,
    })
  }
  count(counts)
}

/** Marks what is stale. What was found on dates that have no bars any more is resolved. */
export async function writeStaleness(writing: Writing, staleness: Staleness): Promise<void> {
  // Findings before marks, as everybody locks them.
  const stored = await findingsOn(writing.client, staleness.gone, writing.queryRules)
  await writeFindings(writing, changesOf(stored, [], () => null))
  await markStale(writing.client, staleness)
}

/** Lets actions explain findings of some dates or all, and scores be what they are then. */
export async function writeExplanations({ client, runId, weights, count }: Writing, dates: readonly IsoDate[] | null): Promise<void> {
  const explained = await explainByActions(client, EXPLAINED_BY_ACTIONS, dates, runId)
  count({ found: 0, explained: explained.filter(({ state }) => state === 'explained').length, resolved: 0 })
  // Those of dates that are being judged are written with the rest of them.
  if (dates !== null) return
  const changed = [...new Set(explained.map(({ date }) => date))]
  await writeScores(client, changed, weights)
  await updateLost(client, changed)
}

/** Writes what dates were judged as. */
export async function writeJudged(writing: Writing, judged: readonly Judged[]): Promise<void> {
  const { client, weights, queryRules } = writing
  const dates = judged.map(({ date }) => date)
  const byDate = new Map(judged.map((one) => [one.date, one]))
  const valuesOf = ({ symbolId, date }: StoredFinding): string | null => {
    const { seen, values } = byDate.get(date)!
    return symbolId === null ? seen : values.get(symbolId) ?? null
  }
  await writeFindings(writing, changesOf(await findingsOn(client, dates, queryRules), judged.flatMap(({ found }) => found), valuesOf))
  await writeExplanations(writing, dates)
  await writeAbsences(client, dates, judged.flatMap(({ absences }) => absences))
  await writeScores(client, dates, weights)
  await markJudged(client, judged.map(({ date, bars, absences }) => ({ date, bars, expected: bars + absences.length })))
}
