import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { FindingState, StoredFinding } from './findings.js'

/** A finding as it is listed. */
export interface Finding extends Omit<StoredFinding, 'seen'> {
  foundAt: Date
  changedAt: Date
}

/** Which findings; null where everything will do. */
export interface FindingFilter {
  ids: readonly number[] | null
  states: readonly FindingState[] | null
  rule: string | null
  symbolIds: readonly number[] | null
  start: IsoDate | null
  end: IsoDate | null
}

const WHERE = `
    where ($1::bigint[] is null or finding_id = any ($1)) and ($2::text[] is null or state = any ($2)) and ($3::text is null or rule = $3)
      and ($4::integer[] is null or symbol_id = any ($4)) and ($5::date is null or last_date >= $5) and ($6::date is null or date <= $6)`

const valuesOf = ({ ids, states, rule, symbolIds, start, end }: FindingFilter): unknown[] => [ids, states, rule, symbolIds, start, end]

const FINDINGS = `
    select finding_id as "findingId", rule, symbol_id as "symbolId", symbol, date, last_date as "lastDate", provider, state, cause, details, reason,
           explained_by as "explainedBy", found_at as "foundAt", changed_at as "changedAt"
    from findings ${WHERE}`

/** The findings, the open ones first, those of the rules that are named earlier before others, then the latest; as far as the limit goes. */
export async function findings(db: Queryable, filter: FindingFilter, rules: readonly string[], limit: number | null): Promise<Finding[]> {
  const { rows } = await db.query<Finding>(`${FINDINGS}
    order by array_position(array['open', 'explained', 'resolved'], state), array_position($7::text[], rule) nulls last, date desc, symbol, finding_id
    limit $8`, [...valuesOf(filter), rules, limit])
  return rows
}

/** A page of the findings, those found last first, of those found before the one given. */
export async function findingPage(db: Queryable, filter: FindingFilter, before: number | null, limit: number): Promise<Finding[]> {
  const { rows } = await db.query<Finding>(`${FINDINGS} and ($7::bigint is null or finding_id < $7)
    order by finding_id desc
    limit $8`, [...valuesOf(filter), before, limit])
  return rows
}

/** How many findings of a rule are in a state. */
export interface FindingCount {
  rule: string
  state: FindingState
  findings: number
}

/** How many findings there are, by rule and state; the most first. */
export async function findingCounts(db: Queryable, filter: FindingFilter): Promise<FindingCount[]> {
  const { rows } = await db.query<FindingCount>(`select rule, state, count(*) as findings from findings ${WHERE} group by rule, state order by 3 desc, 1, 2`, valuesOf(filter))
  return rows
}

/** How many findings are open on dates of a range; each end null where there is no bound. */
export async function openFindings(db: Queryable, { start, end }: Pick<FindingFilter, 'start' | 'end'>): Promise<number> {
  const { rows } = await db.query<{ findings: number }>(`
    select count(*) as findings from findings where state = 'open' and ($1::date is null or last_date >= $1) and ($2::date is null or date <= $2)`, [start, end])
  return rows[0]!.findings
}

/** How many findings about a security are open. */
export async function openFindingsOf(db: Queryable, symbolId: number): Promise<number> {
  const { rows } = await db.query<{ findings: number }>(`select count(*) as findings from findings where state = 'open' and symbol_id = $1`, [symbolId])
  return rows[0]!.findings
}
