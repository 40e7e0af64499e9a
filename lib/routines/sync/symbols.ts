import { VERSION } from '../../domain/version.js'
import type { FetchResult } from '../../features/fetch/fetch.js'
import { readFetchRequest } from '../../features/fetch/request.js'
import type { CheckResult } from '../../features/quality/check/ports.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { withRun } from '../../features/runs/with-run.js'
import type { RunEnd } from '../../store/runs/runs.js'
import { askProviders, planAsking } from '../ask-providers.js'
import type { Asked } from './providers.js'
import { checkChanges } from './quality.js'
import type { SymbolsSyncRequest } from './request.js'
import { takeStep, type Step } from './steps.js'
import { figuresOf, ofAsked, ofCheck } from './summary.js'
import type { SyncPorts } from './sync.js'

/** What a sync of some symbols has besides its request. */
export interface SymbolsSyncPorts extends Pick<SyncPorts, 'asking' | 'checking' | 'onStep' | 'onStepEnd'> {
  exitCodes: Pick<SyncPorts['exitCodes'], 'ofFetch' | 'ofError'> & { ofSync: (result: SymbolsSyncResult) => number }
}

/** What came of a sync of some symbols. */
export interface SymbolsSyncResult {
  request: SymbolsSyncRequest
  /** Null after a dry run, of which no record is kept. */
  runId: number | null
  steps: { providers: Step<Asked>; quality: Step<CheckResult> }
}

async function takeSteps(runtime: Runtime, request: SymbolsSyncRequest, ports: SymbolsSyncPorts): Promise<Omit<SymbolsSyncResult, 'runId'>> {
  const { symbols, dates, exchange, lanes, dry_run } = request
  const { ofFetch, ofError } = ports.exitCodes
  const wanted = readFetchRequest({ symbols, dates, exchange, lanes, dry_run, timespans: ['day'] })
  const asking = { ...ports.asking, exitCodes: { ofResult: ofFetch, ofError } }
  const providers = await takeStep(runtime, 'providers', ports, async (): Promise<Asked> =>
    dry_run ? { planned: await planAsking(runtime, wanted, asking) } : { asked: await askProviders(runtime, wanted, asking) })
  const quality = await takeStep(runtime, 'quality', ports, () => checkChanges(runtime, request, { ...ports.checking, exitCodeOfError: ofError }))
  return { request, steps: { providers, quality } }
}

/** Whether somebody could not be asked for all of it. */
export function hasFailed({ steps }: Pick<SymbolsSyncResult, 'steps'>): boolean {
  const isPartial = ({ stopped, notReached, symbols }: FetchResult): boolean => stopped !== null || notReached > 0 || symbols.some(({ error }) => error !== null)
  const { result } = steps.providers
  return Object.values(steps).some(({ state }) => state === 'failed') || (result !== null && 'asked' in result && isPartial(result.asked))
}

function statusOf(result: SymbolsSyncResult, { aborted }: AbortSignal): RunEnd['status'] {
  if (aborted) return 'interrupted'
  return hasFailed(result) ? 'failed' : 'succeeded'
}

/** Has providers give the daily bars of some symbols, and checks what changed by it, under the record of one run. */
export async function syncSymbols(runtime: Runtime, request: SymbolsSyncRequest, ports: SymbolsSyncPorts): Promise<SymbolsSyncResult> {
  if (request.dry_run) return { runId: null, ...(await takeSteps(runtime, request, ports)) }
  const { symbols, dates, exchange } = request
  return withRun(runtime, { command: 'sync', parameters: { ...dates, symbols, exchange }, version: VERSION, exitCodeOfError: ports.exitCodes.ofError }, async (runId) => {
    const result = { runId, ...(await takeSteps(runtime, request, ports)) }
    const { steps: { providers, quality } } = result
    const totals = { steps: { providers: figuresOf(providers, ofAsked), quality: figuresOf(quality, ofCheck) } }
    return { result, end: { status: statusOf(result, runtime.signal), exitCode: ports.exitCodes.ofSync(result), totals, message: null } }
  })
}
