import type { Dataset } from '../../datasets/dataset.js'
import type { Basis } from '../../domain/basis.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A stored daily bar; prices and volume as exact decimal text. */
export interface StoredBar {
  date: IsoDate
  open: string
  high: string
  low: string
  close: string
  volume: string
  transactions: number | null
  /** The lineage row that wrote the bar last; null for a fill. */
  loadId: number | null
  /** The provider of a fill; null for a bar of a file. */
  filledBy: string | null
}

/** Dates, each end null where there is no bound. */
interface OpenRange {
  start: IsoDate | null
  end: IsoDate | null
}

/** The latest daily bars of a security in a range of dates, the oldest first. */
export async function latestBars(db: Queryable, symbolId: number, range: OpenRange, limit: number | null): Promise<StoredBar[]> {
  const { rows } = await db.query<StoredBar>(`
    select time as date, trim_scale(open) as open, trim_scale(high) as high, trim_scale(low) as low, trim_scale(close) as close,
           trim_scale(volume) as volume, transactions, case when filled_by is null then load_id end as "loadId", filled_by as "filledBy"
    from ohlcv_daily
    where symbol_id = $1 and time between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
    order by time desc
    limit $4`, [symbolId, range.start, range.end, limit])
  return rows.toReversed()
}

/** What prices are adjusted for, and by what was known on which date; null: by all that is known up to the last bar. */
export interface Adjustment {
  basis: Basis
  asOf: IsoDate | null
}

/** What an adjustment changes. */
const ADJUSTED = ['open', 'high', 'low', 'close', 'volume'] as const

/** What is adjusted of a bar. */
export type AdjustedValues = Pick<StoredBar, (typeof ADJUSTED)[number]>

/** What the daily bars of these dates are adjusted to. */
export async function adjustedValues(db: Queryable, symbolId: number, { start, end }: DateRange, { basis, asOf }: Adjustment): Promise<Map<IsoDate, AdjustedValues>> {
  const { rows } = await db.query<AdjustedValues & { date: IsoDate }>(`
    select time as date, ${ADJUSTED.map((field) => `trim_scale(${field}) as ${field}`).join(', ')}
    from ohlcv_adjusted_bars($1, $2, $3, $4, $5)`, [symbolId, start, end, basis, asOf])
  return new Map(rows.map(({ date, ...values }) => [date, values]))
}

/** The same, adjusted: none after the date as of which they are. */
export async function adjustedBars(db: Queryable, symbolId: number, { start, end }: OpenRange, limit: number | null, adjustment: Adjustment): Promise<StoredBar[]> {
  const { asOf } = adjustment
  const last = asOf === null || (end !== null && end < asOf) ? end : asOf
  const wanted = await latestBars(db, symbolId, { start, end: last }, limit)
  const [first] = wanted
  if (first === undefined) return []
  const adjusted = await adjustedValues(db, symbolId, { start: first.date, end: wanted.at(-1)!.date }, adjustment)
  return wanted.flatMap((bar) => {
    const values = adjusted.get(bar.date)
    return values === undefined ? [] : [{ ...bar, ...values }]
  })
}

/** The dates of a security's first and last bar, how many it has, and how many of them are fills; undefined when it has none. */
export async function barSpan(db: Queryable, dataset: Dataset, symbolId: number): Promise<(DateRange & { bars: number; fills: number }) | undefined> {
  const { dateOf } = dataset.times
  const { rows } = await db.query<{ start: IsoDate | null; end: IsoDate | null; bars: number; fills: number }>(`
    select ${dateOf('min(time)')} as start, ${dateOf('max(time)')} as end, count(*) as bars, count(filled_by) as fills
    from ${dataset.table} where symbol_id = $1`, [symbolId])
  const { start = null, end = null, bars = 0, fills = 0 } = rows[0] ?? {}
  return start === null || end === null ? undefined : { start, end, bars, fills }
}

/** The dates of a range on which the security has fills, in order. */
export async function filledDates(db: Queryable, dataset: Dataset, symbolId: number, { start, end }: DateRange): Promise<IsoDate[]> {
  const { dateOf, within } = dataset.times
  const { rows } = await db.query<{ date: IsoDate }>(`
    select distinct ${dateOf('time')} as date
    from ${dataset.table}
    where symbol_id = $1 and filled_by is not null and ${within('time', '$2::date', '$3::date')}
    order by 1`, [symbolId, start, end])
  return rows.map(({ date }) => date)
}

/** The loaded dates of a range on which the security has no bar, in order. */
export async function datesWithoutBar(db: Queryable, dataset: Dataset, symbolId: number, { start, end }: DateRange): Promise<IsoDate[]> {
  const { dateOf, within } = dataset.times
  const { rows } = await db.query<{ date: IsoDate }>(`
    with traded as materialized (
      select distinct ${dateOf('time')} as date from ${dataset.table} where symbol_id = $2 and ${within('time', '$3::date', '$4::date')}
    )
    select d.date from days d
    where d.dataset = $1 and d.date between $3 and $4 and not exists (select 1 from traded where traded.date = d.date)
    order by d.date`, [dataset.name, symbolId, start, end])
  return rows.map(({ date }) => date)
}

/** How many bars of files the security has in the range (its end exclusive, null unbounded), and the last three dates of them, the latest first. */
export async function barsOf(db: Queryable, dataset: Dataset, symbolId: number, from: IsoDate, to: IsoDate | null): Promise<{ bars: number; last: IsoDate[] }> {
  const { startOf, dateOf } = dataset.times
  const { rows } = await db.query<{ bars: number; last: IsoDate[] }>(`
    with held as (
      select ${dateOf('time')} as date
      from ${dataset.table}
      where symbol_id = $1 and filled_by is null and time >= ${startOf('$2::date')} and time < ${startOf(`coalesce($3::date, 'infinity')`)}
    )
    select (select count(*) from held) as bars,
           array(select distinct date::text from held order by 1 desc limit 3) as last`, [symbolId, from, to])
  return rows[0] ?? { bars: 0, last: [] }
}
