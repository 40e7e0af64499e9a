import * as v from 'valibot'
import { OUTCOMES } from '../domain/outcome.js'
import type { SyncResult } from '../routines/sync/sync.js'
import { STEP_STATES } from '../routines/sync/steps.js'
import { summaryOf } from '../routines/sync/summary.js'
import { JOB_STATES } from '../store/fetches/jobs.js'
import { defineDocument } from './document.js'
import { count, date, id } from './fields.js'
import { outcome, outcomes } from './ledger-fields.js'

const fault = v.strictObject({ code: v.string(), message: v.string() })

/** How a step ended; `figures` null where nothing came of it. */
function step<const S extends v.GenericSchema>(figures: S) {
  return v.strictObject({ state: v.picklist(STEP_STATES), code: v.nullable(v.string()), message: v.nullable(v.string()), seconds: v.number(), figures: v.nullable(figures) })
}

const changes = { inserted: count, updated: count, unchanged: count }

/** What providers were asked for and gave. */
const asked = v.strictObject({
  run: id, job: v.string(), state: v.picklist(JOB_STATES), requests: count, bars: count, ...changes, held_back: count, failed: count, not_reached: count,
  /** The first of them, with what stopped the job. */
  errors: v.array(fault),
})

/** What a check has judged, and what became of findings: found anew, explained by what is known, and gone. `run` null: nothing had changed. */
const checked = v.strictObject({ run: v.nullable(id), dates: count, bars: count, found: count, explained: count, resolved: count })

const steps = v.strictObject({
  /** `run` null in a dry run. */
  day_files: step(v.strictObject({ run: v.nullable(id), outcomes, read: count, ...changes, removed: count, rejected: count, unknown: count })),
  /** One of the two: what came of it, or in a dry run what it would take. */
  providers: step(v.strictObject({ asked: v.nullable(asked), planned: v.nullable(v.strictObject({ provider: v.string(), requests: count, seconds: v.number() })) })),
  quality: step(checked),
})

/** A sync of the last days. */
const ofDays = v.strictObject({
  /** Null in a dry run, which leaves no trace. */
  run: v.nullable(id),
  version: v.string(),
  /** `source` null: none is set. */
  parameters: v.strictObject({ start: date, end: date, days: count, exchange: v.string(), source: v.nullable(v.string()), fetch: v.boolean(), fill: v.boolean(), dry_run: v.boolean() }),
  seconds: v.number(),
  steps,
  /** Each session of the days. */
  sessions: v.array(v.strictObject({
    date,
    /** What it counts as for the exit code: a filled one as loaded, one that another process is loading as unchanged. */
    counts_as: v.picklist(OUTCOMES),
    /** How its day file ended; null where none was looked for. */
    outcome: v.nullable(outcome),
    code: v.nullable(v.string()),
    message: v.nullable(v.string()),
    /** Whether it stands at a version of its file. */
    loaded: v.boolean(),
    /** Whether providers gave, in this sync, what its file lacks. */
    filled: v.boolean(),
    /** Stored bars, and those of them that providers filled in. */
    bars: count,
    fills: count,
  })),
})

/** `ohlcv sync`: how each step ended, and how the sessions stand. */
export const SYNC = defineDocument('ohlcv.sync/1', ofDays)

/** The document of a sync of the last days. */
export function syncDocument(result: SyncResult, version: string, seconds: number): v.InferInput<typeof ofDays> {
  const { runId, request: { days, exchange, load, fetch, fill, dry_run }, window } = result
  return { run: runId, version, parameters: { ...window, days, exchange, source: load?.source.uri ?? null, fetch, fill, dry_run }, seconds, ...summaryOf(result) }
}
