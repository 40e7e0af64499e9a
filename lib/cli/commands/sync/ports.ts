import type { SyncPorts } from '../../../routines/sync/sync.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import type { Context } from '../../framework/command.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { auditFolder, keptAnswers } from '../../framework/kept-answers.js'
import { exitCodeOfFetch } from '../fetch/exit-code.js'
import { fetchProgress } from '../fetch/fetch-progress.js'
import { exitCodeOfLoad } from '../load/exit-code.js'
import { loadObserver, loadProgress } from '../load/load-progress.js'
import { progressBar } from '../../terminal/progress.js'

/** What a sync of either kind has besides its request, and is to be closed. */
export interface OpenPorts extends Omit<SyncPorts, 'exitCodes'> {
  exitCodes: Omit<SyncPorts['exitCodes'], 'ofSync'>
  close: () => Promise<void>
}

/** Opens what a sync needs besides its request. */
export async function openPorts(context: Context): Promise<OpenPorts> {
  const { env, stdin, settings, signal, log, interactive } = context
  const [load, fetch] = [loadProgress(interactive, settings.lanes), fetchProgress(context)]
  const check = progressBar<{ date: string }>(interactive, '{bar} {value}/{total} dates  {left}  {date}')
  const limits = await readLimits(settings.providers, BAR_PROVIDERS)
  const answers = keptAnswers(context)
  return {
    dayFiles: { environment: { env, stdin }, ...loadObserver({ dates: { sessions: 1 } }, load, context) },
    asking: { ...fetch, env, limits, answers, auditFolder: auditFolder(context) },
    checking: { onPlan: (dates) => check.plan(dates, { date: '' }), onJudged: (dates, date) => check.step({ date }, dates) },
    exitCodes: { ofLoad: (result) => exitCodeOfLoad(result, signal), ofFetch: (result) => exitCodeOfFetch(result, signal), ofError: exitCodeOfError },
    onStep: (step) => log[interactive ? 'debug' : 'info']({ step }, 'step begins'),
    onStepEnd(step, { state, code, message, seconds }) {
      for (const progress of [load, fetch, check]) progress.end()
      const level = state === 'failed' ? 'warn' : interactive ? 'debug' : 'info'
      log[level]({ step, state, seconds, ...(code !== null && { code }), ...(message !== null && { message }) }, 'step ended')
    },
    close: async () => {
      for (const progress of [load, fetch, check]) progress.end()
      await answers.close()
    },
  }
}
