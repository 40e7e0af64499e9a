import type { Dataset } from '../domain/dataset.js'
import type { DateRange, IsoDate } from '../domain/dates.js'
import { barDates } from './bar-dates.js'
import type { Queryable } from './database.js'

/** The dates of a dataset that have an authoritative load, in order; null means without bound. */
export async function loadedDates(db: Queryable, dataset: string, range: { start: IsoDate | null; end: IsoDate | null }): Promise<IsoDate[]> {
  const { rows } = await db.query<{ date: IsoDate }>(`
    select date from days
    where dataset = $1 and date between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
    order by date`, [dataset, range.start, range.end])
  return rows.map(({ date }) => date)
}

/** A loaded date as the ledger has it and as its bars are now. */
export interface VerifiedDay {
  date: IsoDate
  ledgerRows: number
  storedRows: number
  same: boolean
  /** A later load of selected symbols on the date, which changes bars without moving the ledger. */
  subsetLoadId: number | null
}

/** Compares one loaded date with the ledger, both as of one instant; undefined when the date is not loaded. */
export async function verifyDay(db: Queryable, { name, table }: Dataset, date: IsoDate): Promise<VerifiedDay | undefined> {
  const { rows } = await db.query<VerifiedDay>(`
    select d.date, d.row_count as "ledgerRows", now.row_count as "storedRows",
           d.row_count = now.row_count and d.checksum = now.checksum as same,
           (select max(l.load_id) from lineage l
            where l.dataset = d.dataset and l.date = d.date and l.load_id > d.load_id and not l.authoritative) as "subsetLoadId"
    from days d, ${table}_checksum($2::date) now
    where d.dataset = $1 and d.date = $2`, [name, date])
  return rows[0]
}

/** Bars of a date that has no authoritative load. */
export interface UnledgeredDay {
  date: IsoDate
  /** Bars that a load of selected symbols wrote. */
  subsetRows: number
  /** Bars that no load of that date wrote. */
  strayRows: number
}

/** Bars on dates without an authoritative load; null means without bound. Reads every bar of the range. */
export async function unledgeredDays(db: Queryable, dataset: Dataset, range: { start: IsoDate | null; end: IsoDate | null }): Promise<UnledgeredDay[]> {
  const { dateOf, within } = barDates(dataset)
  const { rows } = await db.query<UnledgeredDay>(`
    with stored as materialized (
      select ${dateOf('time')} as date, load_id, count(*) as bars
      from ${dataset.table}
      where ${within('time', "coalesce($2::date, '-infinity')", "coalesce($3::date, 'infinity')")}
      group by 1, 2
    )
    select s.date, coalesce(sum(s.bars) filter (where l.load_id is not null), 0)::bigint as "subsetRows",
           coalesce(sum(s.bars) filter (where l.load_id is null), 0)::bigint as "strayRows"
    from stored s
    left join lineage l on l.load_id = s.load_id and l.dataset = $1 and l.date = s.date and not l.authoritative
    where not exists (select 1 from days d where d.dataset = $1 and d.date = s.date)
    group by s.date
    order by s.date`, [dataset.name, range.start, range.end])
  return rows
}

/** The first and last date any load was committed for; undefined when there is none. */
export async function lineageSpan(db: Queryable, dataset: string): Promise<DateRange | undefined> {
  const { rows } = await db.query<{ start: IsoDate | null; end: IsoDate | null }>(
    'select min(date) as start, max(date) as end from lineage where dataset = $1', [dataset])
  const { start = null, end = null } = rows[0] ?? {}
  return start === null || end === null ? undefined : { start, end }
}
