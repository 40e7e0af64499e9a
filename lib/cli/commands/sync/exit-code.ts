import { InterruptedError } from '../../../domain/errors.js'
import { countsAs } from '../../../routines/sync/sessions.js'
import type { Step } from '../../../routines/sync/steps.js'
import type { SyncResult } from '../../../routines/sync/sync.js'
import { hasFailed, type SymbolsSyncResult } from '../../../routines/sync/symbols.js'
import { EXIT, exitCodeOf } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'

/** What steps say that failed; null where none did. */
function exitCodeOfSteps(steps: readonly Step<unknown>[]): number | null {
  const failed = steps.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return null
  return failed.some(({ code }) => code === 'INTERNAL') ? EXIT.internal : EXIT.dateFailed
}

/** The exit code of a sync that ended so: that of a load, but that what providers gave is as good as loaded, and what another process loads no failure. Gaps and findings do not count. */
export function exitCodeOfSync({ steps, days }: Pick<SyncResult, 'steps' | 'days'>, { reason }: AbortSignal): number {
  if (reason instanceof InterruptedError) return exitCodeOfError(reason)
  return exitCodeOfSteps(Object.values(steps)) ?? exitCodeOf(days.map(countsAs))
}

/** The exit code of a sync of some symbols: that of a fetch. */
export function exitCodeOfSymbols(result: SymbolsSyncResult, { reason }: AbortSignal): number {
  if (reason instanceof InterruptedError) return exitCodeOfError(reason)
  return exitCodeOfSteps(Object.values(result.steps)) ?? (hasFailed(result) ? EXIT.dateFailed : EXIT.ok)
}
