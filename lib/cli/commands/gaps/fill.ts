import { InterruptedError } from '../../../domain/errors.js'
import type { GapsRequest } from '../../../features/gaps/gap.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { fillGaps, hasFailures, planFill, type Filled, type FillPlan, type FillPorts } from '../../../routines/fill-gaps.js'
import type { FillRequest } from '../../../routines/gaps/request.js'
import type { Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { auditFolder, keptAnswers } from '../../framework/kept-answers.js'
import { exitCodeOfFetch } from '../fetch/exit-code.js'
import { fetchProgress } from '../fetch/fetch-progress.js'
import { exitCodeOfLoad } from '../load/exit-code.js'
import { loadObserver, loadProgress } from '../load/load-progress.js'
import { costsOf } from '../load/request.js'

/** What is to be filled as the settings have it. */
function requestOf({ all: _, ...gaps }: GapsRequest, isWithoutFetch: boolean, { settings }: Context): FillRequest {
  const { source, fetchLanes } = settings
  return { gaps, load: source === undefined ? null : { source: { uri: source }, ...costsOf(settings) }, fetch: !isWithoutFetch, lanes: fetchLanes }
}

/** Does work with what filling needs, which is closed after it. */
async function withPorts<T>(context: Context, work: (ports: FillPorts) => Promise<T>): Promise<T> {
  const { env, stdin, settings, signal, log, interactive } = context
  const [load, fetch] = [loadProgress(interactive, settings.lanes), fetchProgress(context)]
  const answers = keptAnswers(context)
  const end = (): void => {
    load.end()
    fetch.end()
  }
  try {
    return await work({
      files: { environment: { env, stdin }, ...loadObserver({ dates: { sessions: 1 } }, load, context), exitCodes: { ofResult: (result) => exitCodeOfLoad(result, signal), ofError: exitCodeOfError } },
      asking: {
        ...fetch, env, limits: await readLimits(settings.providers, BAR_PROVIDERS), answers, auditFolder: auditFolder(context),
        exitCodes: { ofResult: (result) => exitCodeOfFetch(result, signal), ofError: exitCodeOfError },
      },
      onStep: (step) => {
        end()
        log[interactive ? 'debug' : 'info']({ step }, 'step begins')
      },
      exitCodes: { ofResult: (result) => (signal.reason instanceof InterruptedError ? exitCodeOfError(signal.reason) : hasFailures(result) ? EXIT.dateFailed : EXIT.ok), ofError: exitCodeOfError },
    })
  } finally {
    end()
    await answers.close()
  }
}

/** What filling would ask for. */
export async function plan(runtime: Runtime, gaps: GapsRequest, isWithoutFetch: boolean, context: Context): Promise<FillPlan> {
  return withPorts(context, (ports) => planFill(runtime, requestOf(gaps, isWithoutFetch, context), ports))
}

/** Fills gaps; tells also whether something could not be asked that was to be. */
export async function fill(runtime: Runtime, gaps: GapsRequest, isWithoutFetch: boolean, context: Context): Promise<{ result: Filled; failed: boolean }> {
  const result = await withPorts(context, (ports) => fillGaps(runtime, requestOf(gaps, isWithoutFetch, context), ports))
  return { result, failed: hasFailures(result) }
}
