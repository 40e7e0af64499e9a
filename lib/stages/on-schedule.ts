import type { IdentifiedBar } from '../domain/bar.js'
import type { RejectReason } from '../domain/reject.js'
import { none, type Stage } from '../domain/stage.js'
import type { Tally } from '../domain/tally.js'

/** When there can be bars. */
export interface Schedule {
  /** Why there can be no bar of the window, if so. */
  fault(slot: number): RejectReason | undefined
}

/** Lets bars of windows through in which there was trading. */
export function onSchedule(schedule: Schedule, tally: Tally): Stage<IdentifiedBar, IdentifiedBar> {
  return (bar) => {
    const fault = schedule.fault(bar.slot)
    if (fault === undefined) return bar
    tally.reject(bar.line, fault, null, bar.symbol)
    return none
  }
}
