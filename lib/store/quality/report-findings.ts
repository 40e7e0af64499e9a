import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { FINDING_STATES, type FindingState } from './findings.js'

/** Findings of a rule by state. */
export type RuleCount = { rule: string } & Record<FindingState, number>

/** How many findings each rule has on dates of a range. */
export async function ruleCounts(db: Queryable, { start, end }: DateRange): Promise<RuleCount[]> {
  const { rows } = await db.query<RuleCount>(`
    select rule, ${FINDING_STATES.map((state) => `count(*) filter (where state = '${state}') as ${state}`).join(', ')}
    from findings
    where date <= $2 and last_date >= $1
    group by rule
    order by rule`, [start, end])
  return rows
}

/** What explains findings of a rule, and how many. */
export interface CauseCount {
  rule: string
  cause: string
  count: number
}

/** What explains the findings on dates of a range. */
export async function causeCounts(db: Queryable, { start, end }: DateRange): Promise<CauseCount[]> {
  const { rows } = await db.query<CauseCount>(`
    select rule, cause, count(*) from findings where date <= $2 and last_date >= $1 and state = 'explained' group by rule, cause order by rule, count(*) desc, cause`, [start, end])
  return rows
}

/** Mendings of a kind that ended alike. */
export interface MendingCount {
  kind: string
  action: string
  state: string
  provider: string | null
  entries: number
  occurrences: number
}

/** What was mended since an instant. */
export async function mendingCounts(db: Queryable, since: Date): Promise<MendingCount[]> {
  const { rows } = await db.query<MendingCount>(`
    select kind, action, state, provider, count(*) as entries, sum(occurrences)::bigint as occurrences
    from remediation_log
    where ended_at > $1
    group by kind, action, state, provider
    order by kind, action, state, provider`, [since])
  return rows
}

/** A mending that did not succeed. */
export interface FailedMending {
  remediationId: number
  kind: string
  symbol: string | null
  start: IsoDate | null
  end: IsoDate | null
  provider: string | null
  message: string | null
}

/** The mendings since an instant that left things as they were, the latest first. */
export async function failedMendings(db: Queryable, since: Date, limit: number): Promise<FailedMending[]> {
  const { rows } = await db.query<FailedMending>(`
    select remediation_id as "remediationId", kind, symbol, start_date as start, end_date as end, provider, message
    from remediation_log
    where ended_at > $1 and state = 'failed'
    order by ended_at desc, remediation_id desc
    limit $2`, [since, limit])
  return rows
}
