import { FAILED } from '../domain/outcome.js'
import type { DateRange } from '../domain/dates.js'
import { VERSION } from '../domain/version.js'
import type { Gaps } from '../features/gaps/gap.js'
import { findGaps } from '../features/gaps/gaps.js'
import type { Runtime } from '../features/runs/runtime.js'
import { withRun } from '../features/runs/with-run.js'
import { forgetTries } from '../store/quality/gap-tries.js'
import type { AskingPorts } from './ask-providers.js'
import { askFiles, type AskedFiles, type FilePorts } from './gaps/files.js'
import { fileDates, providerPlan, type ProviderPlan } from './gaps/plan.js'
import { askForGaps, canGroup, whyNot, type AskedProviders } from './gaps/providers.js'
import type { FillRequest } from './gaps/request.js'
import { filledBy, writeMendings, type Mending } from './gaps/settle.js'
import { settleTries } from './gaps/tries.js'

/** What filling has besides its request. */
export interface FillPorts {
  files: FilePorts
  asking: AskingPorts
  /** Told as a step begins. */
  onStep?: (step: 'files' | 'providers') => void
  exitCodes: { ofResult: (result: Filled) => number; ofError: (error: unknown) => number }
}

/** What came of filling gaps. */
export interface Filled {
  runId: number
  /** What was lacking, and what is now. */
  before: Gaps
  after: Gaps
  files: AskedFiles
  providers: AskedProviders
  filled: readonly Mending[]
  /** What was tried in vain, and counted. */
  failed: readonly Mending[]
}

/** What filling would ask for. */
export interface FillPlan {
  before: Gaps
  /** Dates whose files would be asked again; null where there is no source of them. */
  files: DateRange[] | null
  /** Why providers would not be asked; null where they would. */
  leftOut: string | null
  providers: ProviderPlan
}

/** Whether a fill has left something undone that it was asked to try. */
export function hasFailures({ files, providers }: Pick<Filled, 'files' | 'providers'>): boolean {
  return providers.faults.length > 0 || [...files.days.values()].some(({ outcome }) => FAILED.has(outcome) && outcome !== 'missing' && outcome !== 'forbidden' && outcome !== 'locked')
}

/** What filling would ask for, were the files asked and had nothing new. Writes nothing. */
export async function planFill(runtime: Runtime, request: FillRequest, ports: Pick<FillPorts, 'asking'>): Promise<FillPlan> {
  const before = await findGaps(runtime, { ...request.gaps, all: false })
  return { before, files: request.load && fileDates(before), leftOut: whyNot(request, ports.asking), providers: providerPlan(before, canGroup(ports.asking)) }
}

async function fill(runtime: Runtime, request: FillRequest, runId: number, { files: filePorts, asking, onStep }: FillPorts): Promise<Filled> {
  const { db, now, signal, failpoint } = runtime
  const began = now()
  const find = (): Promise<Gaps> => findGaps(runtime, { ...request.gaps, all: false })
  const before = await find()
  await failpoint('gaps-found')
  onStep?.('files')
  const files = await askFiles(runtime, request, fileDates(before), filePorts)
  await failpoint('gaps-files')
  const between = files.days.size === 0 ? before : await find()
  const fromFiles = await filledBy(runtime, request, before, between, { action: 'reload', provider: files.provider, beganAt: began })
  await writeMendings(runtime, request, fromFiles, runId, began)
  onStep?.('providers')
  const askedAt = now()
  const providers = await askForGaps(runtime, request, between, asking)
  await failpoint('gaps-providers')
  const after = providers.asked.length === 0 ? between : await find()
  const fromProviders = await filledBy(runtime, request, between, after, { action: 'fetch', provider: null, beganAt: askedAt })
  await writeMendings(runtime, request, fromProviders, runId, askedAt)
  await db.run(signal, (client) => forgetTries(client, request.gaps.dataset))
  const failed = signal.aborted ? [] : await settleTries(runtime, { request, files, providers }, before, after, began)
  await writeMendings(runtime, request, failed, runId, began)
  return { runId, before, after, files, providers, filled: [...fromFiles, ...fromProviders], failed }
}

/**
 * Fills gaps under the record of one run: the day files first, then providers where no file has spoken. What is filled and what was tried in vain is written down. Safe at any time: what one
 * run does not come to the next one does, and of two at once none does harm.
 */
export async function fillGaps(runtime: Runtime, request: FillRequest, ports: FillPorts): Promise<Filled> {
  const { dataset, range, symbolIds } = request.gaps
  const parameters = { fill: true, ...range, dataset: dataset.name, securities: symbolIds?.length ?? null, source: request.load?.source.uri ?? null, fetch: request.fetch }
  return withRun(runtime, { command: 'gaps', parameters, version: VERSION, exitCodeOfError: ports.exitCodes.ofError }, async (runId) => {
    const result = await fill(runtime, request, runId, ports)
    const status = runtime.signal.aborted ? 'interrupted' : hasFailures(result) ? 'failed' : 'succeeded'
    const totals = { lacking_before: result.before.lacking, lacking: result.after.lacking, filled: result.filled.length, in_vain: result.failed.length }
    return { result, end: { status, exitCode: ports.exitCodes.ofResult(result), totals, message: null } }
  })
}
