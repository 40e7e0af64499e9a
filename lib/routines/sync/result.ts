import type { LoadResult } from '../../features/load/load.js'
import type { CheckResult } from '../../features/quality/check/ports.js'
import type { SyncedGaps } from './gaps.js'
import type { Asked } from './providers.js'
import type { ResolvedSync } from './resolve.js'
import type { FinishedSession } from './sessions.js'
import type { Step } from './steps.js'

/** What came of a sync. */
export interface SyncResult extends ResolvedSync {
  /** Null after a dry run, of which no record is kept. */
  runId: number | null
  steps: { day_files: Step<LoadResult>; providers: Step<Asked>; gaps: Step<SyncedGaps>; quality: Step<CheckResult> }
  /** Each of the window, in order. */
  days: FinishedSession[]
}
