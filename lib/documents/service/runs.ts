import * as v from 'valibot'
import { RUN_STATES, type Run } from '../../store/runs/runs.js'
import { defineDocument } from '../document.js'
import { id, instant, instantOrNull, instantText } from '../fields.js'
import { outcomes } from '../ledger-fields.js'

// What is told to everybody: neither parameters nor messages, which may name hosts, paths and keys.

const run = v.strictObject({
  run_id: id,
  command: v.string(),
  status: v.picklist(RUN_STATES),
  outcomes,
  started_at: instant,
  finished_at: v.nullable(instant),
})

/** The latest runs, the newest first. */
export const SERVICE_RUNS = defineDocument('ohlcv.service-runs/1', v.strictObject({ runs: v.array(run) }))

function runOf({ runId, command, status, outcomes, startedAt, finishedAt }: Run): v.InferInput<typeof run> {
  return { run_id: runId, command, status, outcomes, started_at: instantText(startedAt), finished_at: instantOrNull(finishedAt) }
}

/** The document of the latest runs. */
export function serviceRunsDocument(runs: readonly Run[]): v.InferInput<typeof SERVICE_RUNS.fields> {
  return { runs: runs.map(runOf) }
}
