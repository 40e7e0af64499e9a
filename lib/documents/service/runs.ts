import * as v from 'valibot'
import type { RunProgress } from '../../store/runs/progress.js'
import { RUN_STATES, type Run } from '../../store/runs/runs.js'
import { defineDocument } from '../document.js'
import { count, id, instant, instantOrNull, instantText } from '../fields.js'
import { outcomes } from '../ledger-fields.js'
import { wordAsked } from './asked.js'
import { nextCursor, paging } from './paging.js'

// What is told to everybody: neither parameters nor messages, which may name hosts, paths and keys.

/** What is asked of `/ingestion/runs`. */
export const RUNS_QUERY = v.strictObject({ command: v.optional(wordAsked), status: v.optional(v.picklist(RUN_STATES)), action: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))), ...paging })

/** One invocation. */
export const serviceRun = v.strictObject({
  run_id: id,
  command: v.string(),
  /** `died`: found unfinished, its process gone. */
  status: v.picklist(RUN_STATES),
  /** As that of the command; null while it runs, and where nobody saw its end. */
  exit_code: v.nullable(v.number()),
  /** What was asked of this service and led to it; null: nothing was. */
  action_id: v.nullable(id),
  outcomes,
  /** Of a run that is alive: of how many dates or symbols it has done how many, where that is known. */
  progress: v.nullable(v.strictObject({ done: count, planned: v.nullable(count) })),
  started_at: instant,
  finished_at: v.nullable(instant),
})

/** The latest runs, the newest first. */
export const SERVICE_RUNS = defineDocument('ohlcv.service-runs/1', v.strictObject({ runs: v.array(serviceRun), next_cursor: nextCursor }))

/** A run as it is told. @param progress how far those that are alive have come */
export function serviceRunOf({ runId, command, status, exitCode, actionId, outcomes, startedAt, finishedAt }: Run, progress: ReadonlyMap<number, RunProgress>): v.InferInput<typeof serviceRun> {
  const come = status === 'running' ? progress.get(runId) : undefined
  return {
    run_id: runId, command, status, exit_code: exitCode, action_id: actionId, outcomes, progress: come ? { done: come.done, planned: come.planned } : null,
    started_at: instantText(startedAt), finished_at: instantOrNull(finishedAt),
  }
}

/** The document of a page of runs. */
export function serviceRunsDocument(runs: readonly Run[], progress: ReadonlyMap<number, RunProgress>, next: string | null): v.InferInput<typeof SERVICE_RUNS.fields> {
  return { runs: runs.map((run) => serviceRunOf(run, progress)), next_cursor: next }
}
