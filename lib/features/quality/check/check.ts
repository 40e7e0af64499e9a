import type pg from 'pg'
import { VERSION } from '../../../domain/version.js'
import { lockQuality, tryLockQuality, unlockQuality } from '../../../postgres/locks.js'
import type { Runtime } from '../../runs/runtime.js'
import { withRun } from '../../runs/with-run.js'
import { RULES } from '../rules/rules.js'
import type { FindingCounts } from './changes.js'
import type { CheckPorts, CheckResult } from './ports.js'
import type { CheckRequest } from './request.js'
import { abortable, Check } from './run.js'
import { isFresh, survey } from './survey.js'

/** Does work alone: waits until nobody else checks. A connection that breaks lets others in. */
async function alone(runtime: Runtime, client: pg.PoolClient, work: () => Promise<void>): Promise<void> {
  if (!(await tryLockQuality(client))) {
    runtime.log.info('another check of quality is under way, waiting for it')
    await lockQuality(client)
  }
  await work()
  await unlockQuality(client)
}

/**
 * Checks the quality of daily bars: finds out which dates are not as they were when they were judged, and judges those that the request is about by the rules.
 * Nothing is written, and no run opened, where everything is as it was. A check that was broken off is gone on with by the next.
 */
export async function checkQuality(runtime: Runtime, request: CheckRequest, ports: CheckPorts): Promise<CheckResult> {
  const { db, now, signal } = runtime
  const { rules = RULES } = ports
  const beganAt = now()
  const result: CheckResult = { runId: null, dates: 0, bars: 0, found: 0, explained: 0, resolved: 0, seconds: 0, interrupted: false }
  const ended = (): CheckResult => ({ ...result, seconds: (now().getTime() - beganAt.getTime()) / 1000, interrupted: signal.aborted })
  if (isFresh(await db.prepare(signal, (client) => survey(client, request, rules)))) return ended()

  const { start, end, again } = request
  return withRun(runtime, { command: 'quality', parameters: { start, end, again }, version: VERSION, exitCodeOfError: ports.exitCodeOfError }, async (runId) => {
    result.runId = runId
    const weights = new Map(rules.map(({ name, weight }) => [name, weight]))
    const queryRules = rules.flatMap(({ kind, name }) => (kind === 'query' ? [name] : []))
    const count = (counts: FindingCounts): void => {
      for (const key of ['found', 'explained', 'resolved'] as const) result[key] += counts[key]
    }
    await db.run(signal, (client) => abortable(runtime, client, () => alone(runtime, client, () =>
      new Check(runtime, request, rules, ports, result, { client, runId, beganAt, weights, queryRules, count }).run(client)))).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    const { interrupted, runId: _, ...totals } = ended()
    return { result: ended(), end: { status: interrupted ? 'interrupted' : 'succeeded', exitCode: interrupted ? ports.exitCodeOfError(signal.reason) : 0, totals, message: null } }
  })
}
