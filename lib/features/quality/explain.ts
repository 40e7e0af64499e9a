import type { TimespanName } from '../../datasets/timespan.js'
import { UsageError } from '../../domain/errors.js'
import { VERSION } from '../../domain/version.js'
import type { Queryable } from '../../postgres/database.js'
import { lockFindings, setExplained, setOpen, type LockedFinding } from '../../store/quality/explain.js'
import { findings, type Finding } from '../../store/quality/findings-list.js'
import { writeScores } from '../../store/quality/log.js'
import { updateLost } from '../../store/quality/marks.js'
import { logRemediation } from '../../store/quality/remediations.js'
import type { Runtime } from '../runs/runtime.js'
import { withRun } from '../runs/with-run.js'
import type { ExplanationRequest } from './request.js'
import { RULE_NAMES } from './findings.js'
import { RULES } from './rules/rules.js'

const WEIGHTS = new Map(RULES.map(({ name, weight }) => [name, weight]))

const byPerson = ({ state, cause }: LockedFinding): boolean => state === 'explained' && cause === 'person'

/** @throws UsageError FINDING_UNKNOWN, FINDING_RESOLVED, FINDING_EXPLAINED, FINDING_NOT_EXPLAINED */
function refuse(locked: readonly LockedFinding[], { ids, reason }: ExplanationRequest): void {
  const unknown = ids.filter((id) => !locked.some(({ findingId }) => findingId === id))
  if (unknown.length > 0) throw new UsageError('FINDING_UNKNOWN', `there is no finding ${unknown.join(', ')}`, { hint: 'ohlcv quality findings shows those there are' })
  for (const finding of locked) {
    const { findingId, state, cause } = finding
    if (state === 'resolved') throw new UsageError('FINDING_RESOLVED', `finding ${findingId} is resolved: the data is not so any more`, { hint: 'leave it out' })
    if (state === 'explained' && !byPerson(finding)) throw new UsageError('FINDING_EXPLAINED', `finding ${findingId} is explained by what is known: ${cause}`, { hint: 'leave it out' })
    if (state === 'open' && reason === null) throw new UsageError('FINDING_NOT_EXPLAINED', `finding ${findingId} is open: there is no explanation of it to take back`, { hint: 'leave it out' })
  }
}

/** The length of the bars that a finding is about. */
function timespanOf({ rule }: Finding): TimespanName {
  const found = RULES.find(({ name }) => name === rule)
  return found?.kind === 'query' ? found.timespan : 'day'
}

/** Writes down what became of a finding. */
async function log(db: Queryable, { reason, by }: ExplanationRequest, before: Finding, after: Finding, runId: number, beganAt: Date): Promise<void> {
  const told = ({ findingId, rule, state, reason: said, explainedBy, details }: Finding) => ({ finding: findingId, rule, state, reason: said, explained_by: explainedBy, details })
  const { symbolId, symbol, date, lastDate, provider } = after
  await logRemediation(db, {
    kind: 'anomaly', timespan: timespanOf(after), security: symbolId === null || symbol === null ? null : { symbolId, symbol }, dates: { start: date, end: lastDate }, provider,
    action: reason === null ? 'reopened' : 'explained', state: reason === null ? 'failed' : 'resolved', occurrences: 1,
    before: told(before), after: told(after), message: reason === null ? `taken back by ${by}` : `${by}: ${reason}`, runId, beganAt,
  })
}

/**
 * Explains open findings by what a person says of them, or takes that back: all of them or, where one refuses it, none.
 * @throws UsageError that says which finding cannot be explained so
 */
export async function explainFindings(runtime: Runtime, request: ExplanationRequest, exitCodeOfError: (error: unknown) => number): Promise<Finding[]> {
  const { db, signal, now } = runtime
  const { ids, reason, by } = request
  const filter = { ids, states: null, rule: null, symbolIds: null, start: null, end: null }
  return withRun(runtime, { command: 'quality', parameters: { explain: ids, reason, by }, version: VERSION, exitCodeOfError }, async (runId) => {
    const beganAt = now()
    const result = await db.run(signal, async (client) => {
      await client.query('begin')
      const locked = await lockFindings(client, ids)
      refuse(locked, request)
      const before = await findings(client, filter, RULE_NAMES, null)
      if (reason === null) await setOpen(client, ids, runId)
      else await setExplained(client, ids, { reason, by, runId })
      const dates = [...new Set(locked.map(({ date }) => date))]
      await writeScores(client, dates, WEIGHTS)
      await updateLost(client, dates)
      const after = await findings(client, filter, RULE_NAMES, null)
      for (const finding of after) {
        const former = before.find(({ findingId }) => findingId === finding.findingId)!
        if (former.reason !== finding.reason || former.explainedBy !== finding.explainedBy) await log(client, request, former, finding, runId, beganAt)
      }
      await client.query('commit')
      return after
    })
    return { result, end: { status: 'succeeded', exitCode: 0, totals: { findings: result.length }, message: null } }
  })
}
