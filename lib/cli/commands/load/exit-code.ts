import { InterruptedError } from '../../../domain/errors.js'
import type { RangeResult } from '../../../features/load/range/load-range.js'
import { exitCodeOf } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'

/** The exit code of a load that ended so. */
export function exitCodeOfLoad({ days }: RangeResult, { reason }: AbortSignal): number {
  return reason instanceof InterruptedError ? exitCodeOfError(reason) : exitCodeOf(days.map(({ outcome }) => outcome))
}
