import type { Runtime } from '../runs/runtime.js'
import { workOf } from '../runs/asking/work.js'
import { withAttempt, type OnAsk } from './asked.js'
import { askSource, faultOf, isNamed, triesOf } from './attempt.js'
import { askByChoice } from './choice/ask-by-choice.js'
import { failureOf } from '../runs/asking/failure.js'
import { mergeUnit, type AskedUnit } from './merge-unit.js'
import type { Unit } from './plan.js'
import type { FetchRun, JobRun } from './run.js'
import { auditOf, endingOf, recordFailure, type Ending, type UnitResult } from './unit-ending.js'

/** Asks for a unit: the provider that was named, or those that are chosen. */
async function askUnit(runtime: Runtime, run: FetchRun, unit: Unit, onAsk: OnAsk): Promise<AskedUnit> {
  const { db, now, signal } = runtime
  const startedAt = now()
  const universe = await db.run(signal, (client) => run.universes.current(client))
  const mayFill = run.choice !== null && run.sources.some(({ provider }) => provider.stores.includes(unit.timespan.name) && isNamed(provider, unit))
  const nothing: AskedUnit = { unit, attempts: [], universe, startedAt, reason: null, mayFill, failure: null }
  if (run.choice !== null) return askByChoice({ runtime, run, choice: run.choice }, nothing, onAsk)
  const [source] = run.sources
  onAsk(source.provider)
  return withAttempt(runtime, run, nothing, await askSource(runtime, run, source, unit, universe))
}

/** Stores what was given for a unit, or writes down why it cannot be. */
export async function storeUnit(runtime: Runtime, run: JobRun, asked: AskedUnit): Promise<Ending> {
  const faults = asked.attempts.map(faultOf)
  const failure = asked.failure ?? (faults.every((fault) => fault !== null) ? faults.at(-1) : null)
  if (failure) return recordFailure(runtime, run, asked, failure)
  try {
    const merged = await mergeUnit(runtime, run, asked, (merged) => auditOf(run, merged.asked, endingOf(run, merged), runtime.now()))
    return endingOf(run, merged)
  } catch (error) {
    runtime.signal.throwIfAborted()
    return recordFailure(runtime, run, asked, failureOf(error))
  }
}

/**
 * One symbol and timespan of a job: makes its requests, keeps each answer as it came and has it pass the stages (`requestAnswer`), makes a symbol known that was
 * not, and stores bars, fills, requests, audit and metrics in one transaction (`mergeUnit`). Where no provider is named, one after the other is asked until one
 * gives what there is to expect (`askByChoice`).
 * @throws the signal's reason; errors that no provider and no server can cause
 */
export async function fetchUnit(runtime: Runtime, run: FetchRun, unit: Unit, onAsk: OnAsk): Promise<UnitResult> {
  const asked = await askUnit(runtime, run, unit, onAsk)
  const ending = await storeUnit(runtime, run, asked)
  const { timespan, part, expected } = unit
  const { requests, bytes } = workOf(asked.attempts.flatMap(triesOf), 0)
  return { timespan: timespan.name, part, expected, ...ending, requests, bytes }
}
