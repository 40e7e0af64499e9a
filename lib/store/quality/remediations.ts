import type { TimespanName } from '../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
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
  /** Null: bars of no length in particular. */
  timespan: TimespanName | null
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

const COLUMNS = 'kind, timespan, symbol_id, symbol, start_date, end_date, provider, action, state, occurrences, before, after, message, run_id, began_at'

function valuesOf({ kind, timespan, security, dates, provider, action, state, occurrences, before, after, message, runId, beganAt }: Remediation): unknown[] {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  return [kind, timespan, security?.symbolId, security?.symbol, dates?.start, dates?.end, provider, action, state, occurrences, json(before), json(after), message, runId, beganAt]
}

/** Writes down a mending; it ended now. */
export async function logRemediation(db: Queryable, entry: Remediation): Promise<void> {
  await db.query(`insert into remediation_log (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, valuesOf(entry))
}

/** The same, unless the latest mending of its kind of the same bars has found the same: who reads a file again finds again what is wrong with it. */
export async function logRemediationOnce(db: Queryable, entry: Remediation): Promise<void> {
  await db.query(
    `insert into remediation_log (${COLUMNS})
     select $1, $2, $3::integer, $4, $5::date, $6::date, $7, $8, $9, $10::bigint, $11::jsonb, $12::jsonb, $13, $14::bigint, $15::timestamptz
      where $11::jsonb is distinct from (
        select before from remediation_log
         where kind = $1 and start_date = $5 and end_date = $6 and timespan = $2 and symbol_id is not distinct from $3 and provider is not distinct from $7
         order by remediation_id desc
         limit 1)`, valuesOf(entry))
}

/** A mending as it is listed. */
export interface ListedRemediation extends Omit<Remediation, 'security' | 'dates'> {
  remediationId: number
  symbolId: number | null
  symbol: string | null
  start: IsoDate | null
  end: IsoDate | null
  /** What the run was; null where there was none. */
  command: string | null
  endedAt: Date
}

/** Which mendings are wanted; null: whichever. */
export interface RemediationFilter {
  symbolId: number | null
  timespan: TimespanName | null
  kind: RemediationKind | null
  state: RemediationState | null
  /** Of dates among these. */
  start: IsoDate | null
  end: IsoDate | null
  /** Ended on this date of UTC or later. */
  since: IsoDate | null
  runId: number | null
}

const WANTED = `
  ($1::integer is null or m.symbol_id = $1) and ($2::text is null or m.timespan = $2) and ($3::text is null or m.kind = $3) and ($4::text is null or m.state = $4)
  and ($5::date is null or m.end_date >= $5) and ($6::date is null or m.start_date <= $6)
  and ($7::date is null or m.ended_at >= $7::timestamp at time zone 'UTC') and ($8::bigint is null or m.run_id = $8)`

const filterValues = ({ symbolId, timespan, kind, state, start, end, since, runId }: RemediationFilter): unknown[] => [symbolId, timespan, kind, state, start, end, since, runId]

const LISTED = `
    select m.remediation_id as "remediationId", m.kind, m.timespan, m.symbol_id as "symbolId", m.symbol, m.start_date as start, m.end_date as "end", m.provider,
           m.action, m.state, m.occurrences, m.before, m.after, m.message, m.run_id as "runId", r.command, m.began_at as "beganAt", m.ended_at as "endedAt"
    from remediation_log m
    left join ingestion_runs r on r.run_id = m.run_id`

/** The mendings wanted, those that ended last first. */
export async function latestRemediations(db: Queryable, filter: RemediationFilter, limit: number): Promise<ListedRemediation[]> {
  const { rows } = await db.query<ListedRemediation>(`
    ${LISTED}
    where ${WANTED}
    order by m.ended_at desc, m.remediation_id desc
    limit $9`, [...filterValues(filter), limit])
  return rows
}

/** A page of the mendings wanted, those written down last first, of those written down before the one given. */
export async function remediationPage(db: Queryable, filter: RemediationFilter, before: number | null, limit: number): Promise<ListedRemediation[]> {
  const { rows } = await db.query<ListedRemediation>(`
    ${LISTED}
    where ${WANTED} and ($9::bigint is null or m.remediation_id < $9)
    order by m.remediation_id desc
    limit $10`, [...filterValues(filter), before, limit])
  return rows
}

/** How many mendings of a kind ended so. */
export interface RemediationCount {
  kind: RemediationKind
  state: RemediationState
  entries: number
}

/** How many of the mendings wanted there are, by kind and how they ended. */
export async function remediationCounts(db: Queryable, filter: RemediationFilter): Promise<RemediationCount[]> {
  const { rows } = await db.query<RemediationCount>(
    `select m.kind, m.state, count(*) as entries from remediation_log m where ${WANTED} group by 1, 2 order by 1, 2`, filterValues(filter))
  return rows
}
