import type { Dividend, Split } from '../../domain/action.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Which splits and dividends are looked for: of these securities (null: of all), with an ex-date from and to (null: without bound). */
export interface ActionFilter {
  symbolIds: readonly number[] | null
  start: IsoDate | null
  end: IsoDate | null
}

/** What every row of a source has. */
interface Row {
  symbolId: number
  /** What the security was called on the ex-date. */
  symbol: string
  source: string
  knownSince: IsoDate
  /** Whether prices are adjusted by it. */
  applied: boolean
}

export interface ListedSplit extends Row, Split {
  usual: boolean
  /** What a person has decided; null where nobody has. */
  ruling: boolean | null
}

export interface ListedDividend extends Row, Dividend {}

const WITHIN = '($1::integer[] is null or t.symbol_id = any ($1)) and ($2::date is null or t.ex_date >= $2) and ($3::date is null or t.ex_date <= $3)'
const ORDER = 't.symbol, t.symbol_id, t.ex_date desc, a.authority nulls last, t.source'

const valuesOf = ({ symbolIds, start, end }: ActionFilter): unknown[] => [symbolIds, start, end]

/** What each source tells of splits, by symbol, the latest first, and of one date that of the source whose word counts most. */
export async function listSplits(db: Queryable, filter: ActionFilter): Promise<ListedSplit[]> {
  const { rows } = await db.query<ListedSplit>(`
    select t.symbol_id as "symbolId", t.symbol, t.ex_date as "exDate", t.source, trim_scale(t.split_from) as "from", trim_scale(t.split_to) as "to",
           t.usual, t.known_since as "knownSince", p.source is not null as applied, r.applies as ruling
    from splits t
    left join splits_applied p on (p.symbol_id, p.ex_date, p.source) = (t.symbol_id, t.ex_date, t.source)
    left join split_rulings r on (r.symbol_id, r.ex_date) = (t.symbol_id, t.ex_date)
    left join provider_authority a on a.provider = t.source
    where ${WITHIN}
    order by ${ORDER}`, valuesOf(filter))
  return rows
}

/** The same of dividends. */
export async function listDividends(db: Queryable, filter: ActionFilter): Promise<ListedDividend[]> {
  const { rows } = await db.query<ListedDividend>(`
    select t.symbol_id as "symbolId", t.symbol, t.ex_date as "exDate", t.source, t.kind, trim_scale(t.amount) as amount, t.currency, t.declared_on as "declaredOn",
           t.recorded_on as "recordedOn", t.paid_on as "paidOn", t.known_since as "knownSince", p.source is not null and (t.currency is null or t.currency = 'USD') as applied
    from dividends t
    left join dividends_applied p on (p.symbol_id, p.ex_date, p.source) = (t.symbol_id, t.ex_date, t.source)
    left join provider_authority a on a.provider = t.source
    where ${WITHIN}
    order by ${ORDER}, t.kind`, valuesOf(filter))
  return rows
}

/** Dates about which a source has told what there is of a security. */
export interface ToldDates extends DateRange {
  symbolId: number
  source: string
}

/** What sources were asked about these securities and dates, and have answered. */
export async function toldDates(db: Queryable, { symbolIds, start, end }: ActionFilter): Promise<ToldDates[]> {
  const { rows } = await db.query<ToldDates>(`
    select distinct n.symbol_id as "symbolId", f.source, greatest(f.start_date, lower(n.valid)) as start, least(f.end_date, upper(n.valid) - 1) as "end"
    from action_fetches f
    join ticker_symbols n on n.symbol = f.symbol and n.valid && daterange(f.start_date, f.end_date, '[]')
    where f.status = 'stored' and ($1::integer[] is null or n.symbol_id = any ($1)) and ($2::date is null or f.end_date >= $2) and ($3::date is null or f.start_date <= $3)`,
  [symbolIds, start, end])
  return rows
}
