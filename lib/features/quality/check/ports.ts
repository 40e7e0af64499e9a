import type { IsoDate } from '../../../domain/dates.js'
import type { Rule } from '../rules/rule.js'
import type { FindingCounts } from './changes.js'

/** What a check has done. */
export interface CheckResult extends FindingCounts {
  /** Null: everything was as it had been, and nothing was written. */
  runId: number | null
  /** Dates judged, and bars of them. */
  dates: number
  bars: number
  seconds: number
  interrupted: boolean
}

/** What a check has besides its request. */
export interface CheckPorts {
  /** The dates that are to be judged. */
  onPlan?: (dates: number) => void
  /** Dates were judged, up to this one. */
  onJudged?: (dates: number, last: IsoDate) => void
  /** What is judged by; without it all rules there are. */
  rules?: readonly Rule[]
  exitCodeOfError: (error: unknown) => number
}
