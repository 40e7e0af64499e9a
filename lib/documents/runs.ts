import * as v from 'valibot'
import type { Attempt } from '../store/runs/attempts.js'
import { RUN_STATES, type Run } from '../store/runs/runs.js'
import { defineDocument } from './document.js'
import { date, id, instant, instantOrNull, instantText } from './fields.js'
import { attempt, outcomes } from './ledger-fields.js'

/** What a command has written down, as its version did. */
const kept = v.record(v.string(), v.unknown())

/** One invocation. */
const run = v.strictObject({
  run_id: id,
  command: v.string(),
  parameters: kept,
  version: v.string(),
  status: v.picklist(RUN_STATES),
  exit_code: v.nullable(v.number()),
  outcomes,
  totals: v.nullable(kept),
  message: v.nullable(v.string()),
  started_at: instant,
  finished_at: v.nullable(instant),
})

/** The latest runs, the newest first. */
const list = v.strictObject({ runs: v.array(run) })
/** One run, and how its dates ended: those that need attention first. */
const one = v.strictObject({ run, attempts: v.array(v.strictObject({ date, ...attempt, counts: v.nullable(kept) })) })

/** `ohlcv runs`: what ran. */
export const RUNS = defineDocument('ohlcv.runs/1', v.union([list, one]))

/** The ledger's own field names in the form of every document. */
function snakeCase(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`), value]))
}

function runOf(run: Run): v.InferInput<typeof list>['runs'][number] {
  return {
    run_id: run.runId, command: run.command, parameters: snakeCase(run.parameters), version: run.version, status: run.status,
    exit_code: run.exitCode, outcomes: run.outcomes, totals: run.totals && snakeCase(run.totals), message: run.message,
    started_at: instantText(run.startedAt), finished_at: instantOrNull(run.finishedAt),
  }
}

function attemptOf({ date, outcome, code, message, counts, loadId, startedAt, finishedAt }: Attempt): v.InferInput<typeof one>['attempts'][number] {
  return { date, outcome, code, message, counts: counts && snakeCase(counts), load_id: loadId, started_at: instantText(startedAt), finished_at: instantText(finishedAt) }
}

/** The document of the latest runs. */
export function runsDocument(runs: readonly Run[]): v.InferInput<typeof list> {
  return { runs: runs.map(runOf) }
}

/** The document of one run. */
export function runDocument(run: Run, attempts: readonly Attempt[]): v.InferInput<typeof one> {
  return { run: runOf(run), attempts: attempts.map(attemptOf) }
}
