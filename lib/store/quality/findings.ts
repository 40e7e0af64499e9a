import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Open: a person should look; explained: its cause says why it is no fault; resolved: the data is not so any more. */
export const FINDING_STATES = ['open', 'explained', 'resolved'] as const
export type FindingState = (typeof FINDING_STATES)[number]

/** What a rule has found, as it is kept. */
export interface KeptFinding {
  rule: string
  /** Null, as `symbol`: of the date as a whole. */
  symbolId: number | null
  symbol: string | null
  date: IsoDate
  lastDate: IsoDate
  provider: string | null
  state: FindingState
  /** By what it is explained. */
  cause: string | null
  /** The figures that say why. */
  details: Readonly<Record<string, string | number | null>>
  /** The values it was found in. */
  seen: string
  /** Who explained it, and how: a person, or a table of actions. */
  reason: string | null
  explainedBy: string | null
}

/** The same with its id. */
export interface StoredFinding extends KeptFinding {
  findingId: number
}

const FINDING = `finding_id as "findingId", rule, symbol_id as "symbolId", symbol, date, last_date as "lastDate", provider, state, cause, details, seen, reason, explained_by as "explainedBy"`

/** The findings on these dates, but those of some rules; kept from changing until the transaction ends. */
export async function findingsOn(db: Queryable, dates: readonly IsoDate[], otherRules: readonly string[]): Promise<StoredFinding[]> {
  const { rows } = await db.query<StoredFinding>(
    `select ${FINDING} from findings where date = any($1::date[]) and rule <> all($2::text[]) order by finding_id for update`, [dates, otherRules])
  return rows
}

/** The findings of a rule that begin in a range, likewise. */
export async function findingsOfRule(db: Queryable, rule: string, { start, end }: DateRange): Promise<StoredFinding[]> {
  const { rows } = await db.query<StoredFinding>(`select ${FINDING} from findings where rule = $1 and date between $2 and $3 order by finding_id for update`, [rule, start, end])
  return rows
}

/** The securities with findings that are not resolved on these dates. */
export async function securitiesWithFindings(db: Queryable, dates: readonly IsoDate[]): Promise<{ symbolId: number; date: IsoDate }[]> {
  const { rows } = await db.query<{ symbolId: number; date: IsoDate }>(
    `select distinct symbol_id as "symbolId", date from findings where date = any($1::date[]) and symbol_id is not null and state <> 'resolved'`, [dates])
  return rows
}

const column = <T>(of: readonly T[], pick: (one: T) => unknown) => of.map(pick)

/** Adds findings. */
export async function insertFindings(db: Queryable, found: readonly KeptFinding[], runId: number): Promise<void> {
  if (found.length === 0) return
  await db.query(`
    insert into findings (rule, symbol_id, symbol, date, last_date, provider, state, cause, details, seen, reason, explained_by, run_id)
    select f.*, $13 from unnest($1::text[], $2::integer[], $3::text[], $4::date[], $5::date[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::text[], $11::text[], $12::text[]) f`,
  [...columnsOf(found), runId])
}

/** Writes findings anew. */
export async function updateFindings(db: Queryable, changed: readonly StoredFinding[], runId: number): Promise<void> {
  if (changed.length === 0) return
  await db.query(`
    update findings t
    set symbol = f.symbol, last_date = f.last_date, state = f.state, cause = f.cause, details = f.details, seen = f.seen,
        reason = f.reason, explained_by = f.explained_by, run_id = $13, changed_at = clock_timestamp()
    from unnest($1::text[], $2::integer[], $3::text[], $4::date[], $5::date[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::text[], $11::text[], $12::text[], $14::bigint[])
      f (rule, symbol_id, symbol, date, last_date, provider, state, cause, details, seen, reason, explained_by, finding_id)
    where t.finding_id = f.finding_id`,
  [...columnsOf(changed), runId, column(changed, (f) => f.findingId)])
}

function columnsOf(findings: readonly KeptFinding[]): unknown[][] {
  return [
    column(findings, (f) => f.rule), column(findings, (f) => f.symbolId), column(findings, (f) => f.symbol), column(findings, (f) => f.date), column(findings, (f) => f.lastDate),
    column(findings, (f) => f.provider), column(findings, (f) => f.state), column(findings, (f) => f.cause), column(findings, (f) => JSON.stringify(f.details)),
    column(findings, (f) => f.seen), column(findings, (f) => f.reason), column(findings, (f) => f.explainedBy),
  ]
}
