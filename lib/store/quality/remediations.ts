import type { TimespanName } from '../../datasets/timespan.js'
import type { DateRange } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** What was wrong. */
export const REMEDIATION_KINDS = ['gap', 'duplicate', 'checksum_mismatch', 'anomaly', 'rate_limited', 'unavailable'] as const
export type RemediationKind = (typeof REMEDIATION_KINDS)[number]

/** How a mending ended: it is right now; it is as it was; no source has it. */
export const REMEDIATION_STATES = ['resolved', 'failed', 'closed'] as const
export type RemediationState = (typeof REMEDIATION_STATES)[number]

/** What was done. */
export const REMEDIATION_ACTIONS = ['reload', 'fetch', 'kept_first', 'waited', 'left_alone', 'explained', 'reopened', 'restated'] as const
export type RemediationAction = (typeof REMEDIATION_ACTIONS)[number]

/** One mending. */
export interface Remediation {
  kind: RemediationKind
  timespan: TimespanName
  /** Null: whole dates. */
  security: { symbolId: number; symbol: string } | null
  /** Null: no dates in particular. */
  dates: DateRange | null
  provider: string | null
  action: RemediationAction
  state: RemediationState
  occurrences: number
  before: unknown
  after: unknown
  message: string | null
  runId: number | null
  beganAt: Date
}

/** Writes down a mending; it ended now. */
export async function logRemediation(db: Queryable, entry: Remediation): Promise<void> {
  const { kind, timespan, security, dates, provider, action, state, occurrences, before, after, message, runId, beganAt } = entry
  await db.query(
    `insert into remediation_log (kind, timespan, symbol_id, symbol, start_date, end_date, provider, action, state, occurrences, before, after, message, run_id, began_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [kind, timespan, security?.symbolId, security?.symbol, dates?.start, dates?.end, provider, action, state, occurrences,
      before === null ? null : JSON.stringify(before), after === null ? null : JSON.stringify(after), message, runId, beganAt],
  )
}
