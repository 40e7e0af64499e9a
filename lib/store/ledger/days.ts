import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { DaySize } from '../../domain/usual.js'
import type { Queryable } from '../../postgres/database.js'
import type { BarSums } from '../bars/sums.js'
import type { Piece } from '../universe/changes.js'

/** What `days` says of a date. */
export interface Day extends BarSums {
  dataset: string
  date: IsoDate
  loadId: number
  /** How many rejected rows are kept. */
  rejects: number
  /** Whether shrinking is measured against this version from now on, whatever there was before. */
  isMeasure: boolean
}

/** Makes a load the one its date stands at, with the sums of the bars of its file. */
export async function setDay(client: pg.ClientBase, { dataset, date, loadId, rowCount, hashSum, rehashSum, rejects, isMeasure }: Day): Promise<void> {
  await client.query(
    `insert into days as d (dataset, date, load_id, row_count, hash_sum, rehash_sum, rejects, largest)
     values ($1, $2, $3, $4, $5, $6, $7, $4)
     on conflict (dataset, date) do update
        set load_id = excluded.load_id, row_count = excluded.row_count, hash_sum = excluded.hash_sum, rehash_sum = excluded.rehash_sum,
            rejects = excluded.rejects, largest = case when $8 then excluded.largest else greatest(d.largest, excluded.largest) end,
            dropped = 0, stale = false`,
    [dataset, date, loadId, rowCount, hashSum, rehashSum, rejects, isMeasure],
  )
}

/** Where a date stands. */
export interface LoadedDay extends BarSums {
  date: IsoDate
  loadId: number
  version: string
  /** SHA-256 of the file's bytes as they came. */
  sha256: string
  rulesVersion: number
  /** Most bars of a version of the date, as far as shrinking is measured against it. */
  largest: number
  /** Rows of the file, and those of them whose symbol named no security. */
  read: number
  unknown: number
  /** Bars taken away since, because their symbol names no security any more. */
  dropped: number
  /** Whether symbols have changed so that the file gives other bars now. */
  stale: boolean
}

const LOADED_DAY = `d.date, d.load_id as "loadId", l.source_identity as "version", l.rules_version as "rulesVersion",
            l.sha256, d.row_count as "rowCount", d.hash_sum::text as "hashSum", d.rehash_sum::text as "rehashSum", d.largest, l.read, l.unknown,
            d.dropped, d.stale`

/** Where the loaded dates of a range stand. */
export async function loadedDays(db: Queryable, dataset: string, { start, end }: DateRange): Promise<Map<IsoDate, LoadedDay>> {
  const { rows } = await db.query<LoadedDay>(
    `select ${LOADED_DAY}
       from days d
       join lineage l using (load_id)
      where d.dataset = $1 and d.date between $2 and $3
      order by d.date`,
    [dataset, start, end],
  )
  return new Map(rows.map((day) => [day.date, day]))
}

/** Where one date stands; undefined when it was never loaded. */
export async function loadedDay(db: Queryable, dataset: string, date: IsoDate): Promise<LoadedDay | undefined> {
  return (await loadedDays(db, dataset, { start: date, end: date })).get(date)
}

/** Those of the dates that still stand at the load given and whose stored bars add up to those of their file. */
export async function datesAsLoaded(db: Queryable, { name, table }: Dataset, days: readonly Pick<LoadedDay, 'date' | 'loadId'>[]): Promise<Set<IsoDate>> {
  const { rows } = await db.query<{ date: IsoDate }>(
    // Materialized, or else the planner may look at the bars of all dates in the ledger before it joins with those wanted.
    `with standing as materialized (
       select d.date, d.row_count, d.hash_sum, d.rehash_sum
         from unnest($2::date[], $3::bigint[]) as wanted (date, load_id)
         join days d on d.dataset = $1 and d.date = wanted.date and d.load_id = wanted.load_id and not d.stale
     )
     select standing.date
       from standing
      cross join lateral ${table}_checksum(standing.date) as now
      where (standing.row_count, standing.hash_sum, standing.rehash_sum) = (now.row_count, now.hash_sum, now.rehash_sum)`,
    [name, days.map(({ date }) => date), days.map(({ loadId }) => loadId)],
  )
  return new Set(rows.map(({ date }) => date))
}

/** The dates of a dataset that have an authoritative load, in order; null means without bound. */
export async function loadedDates(db: Queryable, dataset: string, range: { start: IsoDate | null; end: IsoDate | null }): Promise<IsoDate[]> {
  // One row: thousands of them take several times as long to read.
  const { rows } = await db.query<{ dates: string | null }>(`
    select string_agg(date::text, ' ' order by date) as dates from days
    where dataset = $1 and date between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')`, [dataset, range.start, range.end])
  return (rows[0]?.dates?.split(' ') ?? []) as IsoDate[]
}

/** The checksums of those of the dates that are loaded. */
export async function checksumsOn(db: Queryable, dataset: string, dates: readonly IsoDate[]): Promise<Map<IsoDate, string>> {
  const { rows } = await db.query<{ date: IsoDate; checksum: string }>('select date, checksum from days where dataset = $1 and date = any ($2::date[])', [dataset, dates])
  return new Map(rows.map(({ date, checksum }) => [date, checksum]))
}

/** What a loaded date holds, and whether it does no more what its file gave. */
export type LoadedSize = DaySize & Pick<LoadedDay, 'dropped' | 'stale'>

/** What each loaded date of a range holds, in order; null means without bound. */
export async function daySizes(db: Queryable, dataset: string, { start, end }: { start: IsoDate | null; end: IsoDate | null }): Promise<LoadedSize[]> {
  const { rows } = await db.query<LoadedSize>(`
    select d.date, d.row_count as "rowCount", l.read, l.unknown, d.dropped, d.stale
    from days d join lineage l using (load_id)
    where d.dataset = $1 and d.date between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
    order by d.date`, [dataset, start, end])
  return rows
}

/** How far a dataset reaches; null where there is nothing. */
export interface Reach {
  firstLoaded: IsoDate | null
  lastLoaded: IsoDate | null
  /** The first date a load was tried for. */
  firstTried: IsoDate | null
}

/** The first and last loaded date, and the first date tried. */
export async function reachOf(db: Queryable, dataset: string): Promise<Reach> {
  const { rows } = await db.query<Reach>(`
    select (select min(date) from days where dataset = $1) as "firstLoaded",
           (select max(date) from days where dataset = $1) as "lastLoaded",
           (select min(date) from attempts where dataset = $1) as "firstTried"`, [dataset])
  return rows[0] ?? { firstLoaded: null, lastLoaded: null, firstTried: null }
}

/** Marks the loaded dates with rows of symbols that name a security only since these pieces: the next load reads them again. Returns how many. */
export async function markStaleDates(db: Queryable, pieces: readonly Piece[]): Promise<number> {
  const named = pieces.filter((piece) => piece.newId !== null)
  const { rows } = await db.query<{ dates: number }>(`
    with unnamed as materialized (
      select dataset, date, symbol from unknown_symbols where symbol = any($1::text[])
    ), known as (
      select distinct u.dataset, u.date
      from unnamed u
      join unnest($1::text[], $2::date[], $3::date[]) p (symbol, valid_from, valid_to) on p.symbol = u.symbol and u.date <@ daterange(p.valid_from, p.valid_to)
    ), marked as (
      update days d set stale = true
      from known k
      where d.dataset = k.dataset and d.date = k.date
      returning 1
    )
    select count(*) as dates from marked`,
  [named.map((p) => p.symbol), named.map((p) => p.from), named.map((p) => p.to)])
  return rows[0]?.dates ?? 0
}
