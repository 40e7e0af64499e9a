import * as v from 'valibot'
import { OUTCOMES } from '../domain/outcome.js'
import type { SyncResult } from '../routines/sync/sync.js'
import { STEP_STATES } from '../routines/sync/steps.js'
import { figuresOf, ofAsked, ofCheck, summaryOf } from '../routines/sync/summary.js'
import type { SymbolsSyncResult } from '../routines/sync/symbols.js'
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

/** Providers: one of the two, what came of asking or in a dry run what it would take. */
const asking = {
  providers: step(v.strictObject({ asked: v.nullable(asked), planned: v.nullable(v.strictObject({ provider: v.string(), requests: count, seconds: v.number() })) })),
}
const checking = { quality: step(checked) }

const steps = v.strictObject({
  /** `run` null in a dry run. */
  day_files: step(v.strictObject({ run: v.nullable(id), outcomes, read: count, ...changes, removed: count, rejected: count, unknown: count })),
  ...asking,
  ...checking,
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

/** A sync of some symbols by providers. */
const ofSymbols = v.strictObject({
  run: v.nullable(id),
  version: v.string(),
  /** `end` null: up to the latest session that has closed. */
  parameters: v.strictObject({ start: date, end: v.nullable(date), symbols: v.array(v.string()), exchange: v.string(), dry_run: v.boolean() }),
  seconds: v.number(),
  steps: v.strictObject({ ...asking, ...checking }),
})

/** `ohlcv sync`: how each step ended, and how the sessions stand; or how a sync of some symbols did. */
export const SYNC = defineDocument('ohlcv.sync/1', v.union([ofDays, ofSymbols]))

/** A sync of the last days, and one of some symbols, as programs read it. */
export type SyncOfDays = v.InferInput<typeof ofDays>
export type SyncOfSymbols = v.InferInput<typeof ofSymbols>

/** The document of a sync of the last days. */
export function syncDocument(result: SyncResult, version: string, seconds: number): SyncOfDays {
  const { runId, request: { days, exchange, load, fetch, fill, dry_run }, window } = result
  return { run: runId, version, parameters: { ...window, days, exchange, source: load?.source.uri ?? null, fetch, fill, dry_run }, seconds, ...summaryOf(result) }
}

/** The document of a sync of some symbols. */
export function symbolsSyncDocument({ runId, request: { symbols, dates, exchange, dry_run }, steps: { providers, quality } }: SymbolsSyncResult, version: string, seconds: number): SyncOfSymbols {
  return {
    run: runId, version, parameters: { ...dates, symbols: [...symbols], exchange, dry_run }, seconds, steps: { providers: figuresOf(providers, ofAsked), quality: figuresOf(quality, ofCheck) },
  }
}
