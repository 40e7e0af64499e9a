import * as v from 'valibot'
import { id } from '../../documents/fields.js'
import { RUN_QUERY, SERVICE_RUN, serviceRunDocument } from '../../documents/service/run.js'
import { RUNS_QUERY, SERVICE_RUNS, serviceRunsDocument } from '../../documents/service/runs.js'
import { progressOf } from '../../store/runs/progress.js'
import { dateResults, unitResults } from '../../store/runs/results.js'
import { latestRuns, runPage, type Run } from '../../store/runs/runs.js'
import type { Queryable } from '../../postgres/database.js'
import { AFTER_ID, cursorText, pageOf, readCursor } from '../framework/cursor.js'
import { Problem } from '../framework/problem.js'
import { defineRoute } from '../framework/route.js'

const AFTER_BOTH = v.tuple([id, id])

/** How far those of the runs that are alive have come. */
const progress = (pool: Queryable, runs: readonly Run[]) => progressOf(pool, runs.filter(({ status }) => status === 'running').map(({ runId }) => runId))

export const runs = defineRoute({
  method: 'GET',
  path: '/ingestion/runs',
  tag: 'ingestion',
  summary: 'The latest runs, the newest first',
  query: RUNS_QUERY,
  document: SERVICE_RUNS,
  csv: ({ runs: told }) => [
    ['run_id', 'command', 'status', 'exit_code', 'action_id', 'started_at', 'finished_at', 'outcomes'],
    ...told.map(({ run_id: runId, command, status, exit_code: exitCode, action_id: actionId, started_at: startedAt, finished_at: finishedAt, outcomes }) =>
      [runId, command, status, exitCode, actionId, startedAt, finishedAt, Object.entries(outcomes).map(([outcome, dates]) => `${outcome} ${dates}`).join(' ')]),
  ],
  async answer({ query: { command = null, status = null, action = null, limit, cursor } }, { pool }) {
    const [before = null] = readCursor(AFTER_ID, cursor) ?? []
    const { rows, next } = pageOf(await runPage(pool, { command, status, actionId: action }, before, limit + 1), limit, ({ runId }) => [runId])
    return serviceRunsDocument(rows, await progress(pool, rows), next)
  },
})

export const run = defineRoute({
  method: 'GET',
  path: '/ingestion/runs/{id}',
  tag: 'ingestion',
  summary: 'One run: its dates with counts of rows and checksums, and what providers were asked',
  params: v.strictObject({ id: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  query: RUN_QUERY,
  example: { params: { id: 1 } },
  problems: { 404: 'there is no such run' },
  document: SERVICE_RUN,
  async answer({ params: { id }, query: { limit, cursor } }, { pool }) {
    const [found] = await latestRuns(pool, id, 1)
    if (!found) throw new Problem(404, 'RUN_UNKNOWN', `there is no run ${id}`)
    const [lastDate = null, lastUnit = null] = readCursor(AFTER_BOTH, cursor) ?? []
    const dates = await dateResults(pool, id, lastDate, limit + 1)
    const units = await unitResults(pool, id, lastUnit, limit + 1)
    const [ofDates, ofUnits] = [dates.slice(0, limit), units.slice(0, limit)]
    const isLast = dates.length <= limit && units.length <= limit
    const next = isLast ? null : cursorText([ofDates.at(-1)?.attemptId ?? lastDate ?? 0, ofUnits.at(-1)?.auditId ?? lastUnit ?? 0])
    return serviceRunDocument(found, await progress(pool, [found]), ofDates, ofUnits, next)
  },
})
