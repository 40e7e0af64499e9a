import { FAILED } from '../../domain/outcome.js'
import { VERSION } from '../../domain/version.js'
import type { FetchResult } from '../../features/fetch/fetch.js'
import type { LoadResult } from '../../features/load/load.js'
import type { CheckPorts, CheckResult } from '../../features/quality/check/ports.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { withRun } from '../../features/runs/with-run.js'
import type { RunEnd } from '../../store/runs/runs.js'
import type { AskingPorts } from '../ask-providers.js'
import { loadDayFiles, type DayFilePorts } from './day-files.js'
import { checkChanges } from './quality.js'
import { answeredFor, askForTheRest, withoutFile, type Asked } from './providers.js'
import type { SyncRequest } from './request.js'
import { resolveSync, type ResolvedSync } from './resolve.js'
import { countsAs, sessionsAfter, type FinishedSession } from './sessions.js'
import { takeStep, type Step, type StepObserver } from './steps.js'
import { summaryOf } from './summary.js'

/** What a sync has besides its request. */
export interface SyncPorts extends StepObserver {
  dayFiles: Omit<DayFilePorts, 'exitCodes'>
  asking: Omit<AskingPorts, 'exitCodes'>
  checking: Omit<CheckPorts, 'exitCodeOfError'>
  /** With which codes processes would end that did one thing each, which are kept with the runs. */
  exitCodes: {
    ofLoad: DayFilePorts['exitCodes']['ofResult']
    ofFetch: (result: FetchResult) => number
    ofSync: (result: SyncResult) => number
    ofError: (error: unknown) => number
  }
}

/** What came of a sync. */
export interface SyncResult extends ResolvedSync {
  /** Null after a dry run, of which no record is kept. */
  runId: number | null
  steps: { day_files: Step<LoadResult>; providers: Step<Asked>; quality: Step<CheckResult> }
  /** Each of the window, in order. */
  days: FinishedSession[]
}

/** The steps in their order. Each can be done again at any time; one that fails leaves the others to do what they can. */
async function takeSteps(runtime: Runtime, sync: ResolvedSync, ports: SyncPorts): Promise<Omit<SyncResult, 'runId'>> {
  const { ofLoad, ofFetch, ofError } = ports.exitCodes
  const loaded = await takeStep(runtime, 'day_files', ports, () => loadDayFiles(runtime, sync, { ...ports.dayFiles, exitCodes: { ofResult: ofLoad, ofError } }))
  const left = await sessionsAfter(runtime, sync.sessions, loaded.result)
  const asking: AskingPorts = { ...ports.asking, exitCodes: { ofResult: ofFetch, ofError } }
  const asked = await takeStep(runtime, 'providers', ports, () => askForTheRest(runtime, sync, left, asking))
  const checked = await takeStep(runtime, 'quality', ports, () => checkChanges(runtime, { ...sync.request, dates: null }, { ...ports.checking, exitCodeOfError: ofError }))

  const answered = answeredFor(asked.result, withoutFile(left))
  const days = (await sessionsAfter(runtime, sync.sessions, loaded.result)).map((day) => ({ ...day, isFilled: !day.isLoaded && day.fills > 0 && answered.has(day.date) }))
  return { ...sync, steps: { day_files: loaded, providers: asked, quality: checked }, days }
}

function statusOf({ steps, days }: SyncResult, { aborted }: AbortSignal): RunEnd['status'] {
  if (aborted) return 'interrupted'
  return Object.values(steps).some(({ state }) => state === 'failed') || days.some((day) => FAILED.has(countsAs(day))) ? 'failed' : 'succeeded'
}

/**
 * Brings the last days up to date, under the record of one run: day files first, providers for the sessions that have none; what has changed is checked. Safe at any time and beside anything: what is as it should be is
 * left as it is, and what a sync did not come to the next one does.
 * @throws UsageError when nothing could be synced at all
 */
export async function sync(runtime: Runtime, request: SyncRequest, ports: SyncPorts): Promise<SyncResult> {
  const resolved = await resolveSync(runtime, request, ports.asking)
  if (request.dry_run) return { runId: null, ...(await takeSteps(runtime, resolved, ports)) }
  const { days, exchange, fetch, fill } = request
  const parameters = { ...resolved.window, days, exchange, source: request.load?.source.uri ?? null, fetch, fill }
  return withRun(runtime, { command: 'sync', parameters, version: VERSION, exitCodeOfError: ports.exitCodes.ofError }, async (runId) => {
    const result = { runId, ...(await takeSteps(runtime, resolved, ports)) }
    return { result, end: { status: statusOf(result, runtime.signal), exitCode: ports.exitCodes.ofSync(result), totals: summaryOf(result), message: null } }
  })
}
