import { TIMESPANS } from '../../datasets/timespans.js'
import type { TimespanName } from '../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Whose fills: null means any. */
export interface WithdrawFilter {
  provider: string | null
  job: string | null
  start: IsoDate | null
  end: IsoDate | null
}

/** The timespans whose bars fill dates of a dataset. */
const FILLING: readonly TimespanName[] = TIMESPANS.filter(({ fills }) => fills !== null).map(({ name }) => name)

/** The tables that are filled. */
const FILLED = TIMESPANS.flatMap(({ fills }) => (fills === null ? [] : [fills.table]))

const CHOSEN = `
  status in ('stored', 'unchanged') and timespan = any ($5) and ($1::text is null or provider = $1) and ($2::text is null or job_id = $2)`
const INSIDE = `($3::date is null or start_date >= $3) and ($4::date is null or end_date <= $4)`
const OVERLAPPING = `($3::date is null or end_date >= $3) and ($4::date is null or start_date <= $4)`

const values = ({ provider, job, start, end }: WithdrawFilter): unknown[] => [provider, job, start, end, FILLING]

/** The fetches whose fills are to be taken back, whether or not that has been said before. */
export interface ToWithdraw {
  /** Those that count until now. */
  fetches: number
  /** Fetches that count and reach beyond the dates: their bars cannot be taken back in part. */
  beyond: number
  /** The dates of all; null where there are none. */
  range: DateRange | null
  symbols: string[]
  /** Whether some brought all symbols of a date. */
  grouped: boolean
  timespans: TimespanName[]
}

/** What there is to take back. */
export async function fetchesToWithdraw(db: Queryable, filter: WithdrawFilter): Promise<ToWithdraw> {
  const { rows } = await db.query<Omit<ToWithdraw, 'range'> & { start: IsoDate | null; end: IsoDate | null }>(`
    with chosen as (
      select symbol, timespan, start_date, end_date, withdrawn_at is null as counts, ${INSIDE} as inside from fetches where ${CHOSEN} and ${OVERLAPPING}
    )
    select count(*) filter (where inside and counts) as fetches, count(*) filter (where not inside and counts) as beyond,
           min(start_date) filter (where inside) as start, max(end_date) filter (where inside) as "end",
           coalesce(array_agg(distinct symbol) filter (where inside and symbol is not null), '{}') as symbols,
           coalesce(bool_or(symbol is null) filter (where inside), false) as grouped,
           coalesce(array_agg(distinct timespan) filter (where inside), '{}') as timespans
    from chosen`, values(filter))
  const { start, end, ...found } = rows[0]!
  return { ...found, range: start === null || end === null ? null : { start, end } }
}

/** How many filled bars stand on them. */
export async function fillsToWithdraw(db: Queryable, filter: WithdrawFilter): Promise<number> {
  const { rows } = await db.query<{ bars: number }>(`
    with chosen as materialized (select fetch_id from fetches where ${CHOSEN} and ${INSIDE})
    select ${FILLED.map((table) => `(select count(*) from ${table} where filled_by is not null and fetch_id in (select fetch_id from chosen))`).join(' + ')} as bars`, values(filter))
  return rows[0]!.bars
}

/** Has the bars of these fetches count no longer. */
export async function withdraw(db: Queryable, filter: WithdrawFilter, at: Date): Promise<void> {
  await db.query(`update fetches set withdrawn_at = $6 where ${CHOSEN} and ${INSIDE} and withdrawn_at is null`, [...values(filter), at])
}
