import type { Dataset } from '../../datasets/dataset.js'
import { FAILED } from '../../domain/outcome.js'
import { VERSION } from '../../domain/version.js'
import type { Source } from '../../sources/source.js'
import type { Runtime } from '../runs/runtime.js'
import { withRefusals } from '../runs/with-refusals.js'
import { withRun } from '../runs/with-run.js'
import { askedOf } from './range/asked-of.js'
import { loadRange, type RangeObserver, type RangeResult } from './range/load-range.js'
import { observe, type Observations } from './range/observations.js'
import { totalsOf } from './range/totals.js'
import type { LoadRequest } from './request.js'
import { parametersOf, requireLoadable, resolveLoad, type LoadParameters, type ResolvedLoad } from './resolve.js'

/** Who is told how a load goes on. */
export interface LoadObserver extends RangeObserver {
  /** Told once what the request has come to, before anything is tried. */
  onBegin?: (parameters: LoadParameters) => void
}

/** What a load has besides its request. */
export interface LoadPorts extends LoadObserver {
  /** What the request names, opened; the caller closes it. */
  source: Source
  /** With which code the process would end, which is kept with the run. */
  exitCodes: {
    ofResult: (result: RangeResult) => number
    ofError: (error: unknown) => number
  }
}

/** What came of a load. */
export interface LoadResult extends RangeResult {
  /** Null after a dry run, of which no record is kept. */
  runId: number | null
  dataset: Dataset
  parameters: LoadParameters
  observations: Observations
}

/** Loads under a record of the run, unless it is a dry run. */
async function underRun(runtime: Runtime, load: ResolvedLoad, parameters: LoadParameters, ports: LoadPorts): Promise<RangeResult & { runId: number | null }> {
  if (load.request.dry_run) return { runId: null, ...(await loadRange(runtime, load, null, ports)) }
  const { ofResult, ofError } = ports.exitCodes
  return withRun(runtime, { command: 'load', parameters, version: VERSION, exitCodeOfError: ofError }, async (runId) => {
    const result = await withRefusals(runtime, { runId, timespan: load.dataset.window, asked: askedOf(load.source) }, () => loadRange(runtime, load, runId, ports))
    const status = runtime.signal.aborted ? 'interrupted' : result.days.some(({ outcome }) => FAILED.has(outcome)) ? 'failed' : 'succeeded'
    return { result: { runId, ...result }, end: { status, exitCode: ofResult(result), totals: totalsOf(result), message: null } }
  })
}

/**
 * Loads what is asked for: each date in a transaction of its own, all under the record of one run.
 * @throws UsageError when nothing could be loaded at all: an empty universe, no such dates, a source or a database of no use
 */
export async function load(runtime: Runtime, request: LoadRequest, ports: LoadPorts): Promise<LoadResult> {
  const load = await resolveLoad(runtime, request, ports.source)
  await requireLoadable(runtime, load)
  const parameters = parametersOf(load)
  ports.onBegin?.(parameters)
  const result = await underRun(runtime, load, parameters, ports)
  return { ...result, dataset: load.dataset, parameters, observations: await observe(runtime, load, result) }
}
