import { InterruptedError } from '../../../domain/errors.js'
import { hasFailures, type Filled } from '../../../routines/fill-gaps.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'

/** The exit code of a run that filled gaps. */
export function exitCodeOfFill(result: Filled, { reason }: AbortSignal): number {
  if (reason instanceof InterruptedError) return exitCodeOfError(reason)
  return hasFailures(result) ? EXIT.dateFailed : EXIT.ok
}
