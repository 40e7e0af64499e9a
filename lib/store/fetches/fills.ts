import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Which fills: null means any. */
export interface FillFilter {
  provider: string | null
  job: string | null
  symbolId: number | null
  start: IsoDate | null
  end: IsoDate | null
}

/** How many bars of a date a provider filled. */
export interface FillCount {
  date: IsoDate
  provider: string
  bars: number
}

/** A filled bar, its prices and volume as exact decimal text. */
export interface FilledBar {
  date: IsoDate
  /** When its window begins; null where the date says it all. */
  time: Date | null
  symbolId: number
  /** What the security was called on the date. */
  symbol: string | null
  provider: string
  fetchId: number | null
  jobId: string | null
  open: string
  high: string
  low: string
  close: string
  volume: string
  transactions: number | null
}

function matches({ times }: Dataset): string {
  return `
    b.filled_by is not null and ($1::text is null or b.filled_by = $1) and ($3::integer is null or b.symbol_id = $3)
    and ($4::date is null or b.time >= ${times.startOf('$4::date')}) and ($5::date is null or b.time < ${times.startOf('$5::date + 1')})`
}

/** As a join, since that is what a job's fills are found by. */
const OF_JOB = 'from fills b left join fetches f using (fetch_id) where ($2::text is null or f.job_id = $2)'

function values({ provider, job, symbolId, start, end }: FillFilter): unknown[] {
  return [provider, job, symbolId, start, end]
}

/** Fills by date and provider, the latest date first. */
export async function fillCounts(db: Queryable, dataset: Dataset, filter: FillFilter): Promise<FillCount[]> {
  const { rows } = await db.query<FillCount>(`
    with fills as materialized (select ${dataset.times.dateOf('time')} as date, filled_by, fetch_id from ${dataset.table} b where ${matches(dataset)})
    select b.date, b.filled_by as provider, count(*) as bars
    ${OF_JOB}
    group by b.date, b.filled_by
    order by b.date desc, b.filled_by`, values(filter))
  return rows
}

/** Filled bars, the latest first. */
export async function filledBars(db: Queryable, dataset: Dataset, filter: FillFilter, limit: number): Promise<FilledBar[]> {
  const { dateOf, ofRevision } = dataset.times
  const { rows } = await db.query<FilledBar>(`
    with fills as materialized (
      select ${dateOf('b.time')} as date, ${ofRevision('b.time')} as at, b.* from ${dataset.table} b where ${matches(dataset)}
    ), latest as (
      select b.*, f.job_id ${OF_JOB} order by b.time desc, b.symbol_id limit $6
    )
    select b.date, b.at as time, b.symbol_id as "symbolId", n.symbol, b.filled_by as provider, b.fetch_id as "fetchId", b.job_id as "jobId",
           trim_scale(b.open) as open, trim_scale(b.high) as high, trim_scale(b.low) as low, trim_scale(b.close) as close, trim_scale(b.volume) as volume, b.transactions
    from latest b
    left join ticker_symbols n on n.symbol_id = b.symbol_id and n.valid @> b.date
    order by b.time desc, n.symbol`, [...values(filter), limit])
  return rows
}
