import { messageWithHint, OhlcvError } from '../../domain/errors.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { unusableDatabase } from '../../postgres/unusable.js'

/** What a sync does, in this order. */
export const STEPS = ['day_files', 'providers', 'quality'] as const
export type StepName = (typeof STEPS)[number]

/** How a step can end. `left_out`: it was not wanted, or there was nothing for it to do; `not_reached`: the sync was stopped before it. */
export const STEP_STATES = ['done', 'left_out', 'failed', 'interrupted', 'not_reached'] as const

/** How a step ended. */
export interface Step<T> {
  state: (typeof STEP_STATES)[number]
  /** Why it failed; `INTERNAL` is a defect of the program. */
  code: string | null
  /** Why it failed or was left out. */
  message: string | null
  seconds: number
  /** What came of it; of one that was interrupted as far as it had come. */
  result: T | null
}

/** Who is told how a sync goes on. */
export interface StepObserver {
  onStep?: (name: StepName) => void
  onStepEnd?: (name: StepName, step: Step<unknown>) => void
}

/** Why a step has nothing to do. */
export class LeftOut {
  constructor(readonly why: string) {}
}

const NOT_REACHED = { state: 'not_reached', code: null, message: null, seconds: 0, result: null } as const

/** Takes a step, unless the signal has been aborted. A failure is how the step ended: it does not stop those after it. */
export async function takeStep<T>(runtime: Pick<Runtime, 'log' | 'now' | 'signal'>, name: StepName, observer: StepObserver, work: () => Promise<T | LeftOut>): Promise<Step<T>> {
  const { log, now, signal } = runtime
  if (signal.aborted) return NOT_REACHED
  observer.onStep?.(name)
  const began = now()
  const ended = (step: Omit<Step<T>, 'seconds'>): Step<T> => {
    const whole = { ...step, seconds: (now().getTime() - began.getTime()) / 1000 }
    observer.onStepEnd?.(name, whole)
    return whole
  }
  try {
    const result = await work()
    if (result instanceof LeftOut) return ended({ state: 'left_out', code: null, message: result.why, result: null })
    return ended({ state: signal.aborted ? 'interrupted' : 'done', code: null, message: null, result })
  } catch (thrown) {
    if (signal.aborted) return ended({ state: 'interrupted', code: null, message: null, result: null })
    const error = unusableDatabase(thrown) ?? thrown
    if (error instanceof OhlcvError) return ended({ state: 'failed', code: error.code, message: messageWithHint(error), result: null })
    log.error({ step: name, err: error }, 'a step of the sync ended with a defect of the program')
    return ended({ state: 'failed', code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), result: null })
  }
}
