import type { IsoDate } from '../../domain/dates.js'
import type { Fact, KeptFact } from '../../domain/fact.js'
import type { Queryable } from '../../postgres/database.js'

interface FactRow {
  fact_id: number
  kind: KeptFact['kind']
  symbol: string
  valid_from: IsoDate | null
  valid_to: IsoDate | null
  new_symbol: string | null
  cause: string
}

const fromRow = (row: FactRow): KeptFact => ({
  factId: row.fact_id, kind: row.kind, symbol: row.symbol, from: row.valid_from, to: row.valid_to, cause: row.cause,
  ...(row.new_symbol === null ? {} : { newSymbol: row.new_symbol }),
} as KeptFact)

/** Every fact that was told and not retracted, in the order of their ids. */
export async function readFacts(db: Queryable): Promise<KeptFact[]> {
  const { rows } = await db.query<FactRow>(`
    select fact_id, kind, symbol, valid_from, valid_to, new_symbol, cause
    from identity_facts f
    where kind <> 'retracted' and not exists (select from identity_facts r where r.retracts = f.fact_id)
    order by fact_id`)
  return rows.map(fromRow)
}

/** Appends facts. */
export async function appendFacts(db: Queryable, facts: readonly Fact[], cause: string): Promise<void> {
  await db.query(`
    insert into identity_facts (kind, symbol, valid_from, valid_to, new_symbol, cause)
    select kind, symbol, valid_from, valid_to, new_symbol, $6
    from unnest($1::text[], $2::text[], $3::date[], $4::date[], $5::text[]) with ordinality f (kind, symbol, valid_from, valid_to, new_symbol, place)
    order by place`,
  [facts.map((f) => f.kind), facts.map((f) => f.symbol), facts.map((f) => f.from), facts.map((f) => f.to), facts.map((f) => (f.kind === 'renamed' ? f.newSymbol : null)), cause])
}

/** Appends that these facts were wrong. */
export async function appendRetractions(db: Queryable, factIds: readonly number[], cause: string): Promise<void> {
  await db.query(`insert into identity_facts (kind, retracts, cause) select 'retracted', fact_id, $2 from unnest($1::bigint[]) fact_id`, [factIds, cause])
}

/** A fact with when it was told, and when it was retracted. */
export type FactRecord = KeptFact & { toldAt: Date; retractedAt: Date | null }

/** The facts that speak of one of the symbols, retracted ones too, in the order in which they were told. */
export async function factsOf(db: Queryable, symbols: readonly string[]): Promise<FactRecord[]> {
  const { rows } = await db.query<FactRow & { told_at: Date; retracted_at: Date | null }>(`
    select f.fact_id, f.kind, f.symbol, f.valid_from, f.valid_to, f.new_symbol, f.cause, f.told_at, r.told_at as retracted_at
    from identity_facts f
    left join identity_facts r on r.retracts = f.fact_id
    where f.symbol = any($1::text[]) or f.new_symbol = any($1::text[])
    order by f.fact_id`, [symbols])
  return rows.map((row) => ({ ...fromRow(row), toldAt: row.told_at, retractedAt: row.retracted_at }))
}
