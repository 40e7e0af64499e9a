import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { rowsOfPlanned, type Queryable } from '../../postgres/database.js'
import type { SecurityDate } from '../quality/gaps.js'

// On which dates securities have bars of files, and fills: what their coverage is counted from without a look at all their bars each time.

/** What tells the loads of each year's dates from what they were earlier: those there were, of selected symbols too, and which ones its dates stand at. */
export interface LoadsSeen {
  /** What was committed when it was looked; the same means that nothing has been since. */
  snapshot: string
  /** The last change of symbols, with which bars move. */
  identityChange: number
  /** Null: the snapshot is the one that was known. */
  byYear: Readonly<Record<string, string>> | null
}

/** Looks which loads there are, unless nothing was committed since the snapshot that is known. */
export async function loadsByYear(db: Queryable, { name }: Dataset, known: string | null): Promise<LoadsSeen> {
  const [seen] = await rowsOfPlanned<LoadsSeen>(db, 'loads by year', `
    select pg_current_snapshot()::text as snapshot, (select coalesce(max(seq), 0) from universe_changes) as "identityChange",
           case when pg_current_snapshot()::text is distinct from $2::text then (
             select coalesce(jsonb_object_agg(year, loads), '{}')
             from (
               select year, concat_ws(' ', count(*), sum(load)) as loads
               from (
                 select extract(year from date) as year, hashint8extended(load_id, date - '2000-01-01') as load from lineage where dataset = $1
                 union all
                 select extract(year from date), hashint8extended(load_id, '2000-01-01' - date) from days where dataset = $1
               ) loads
               group by year
             ) years
           ) end as "byYear"`, [name, known])
  return seen!
}

/** The loads of a date. */
export interface DateLoads {
  date: IsoDate
  /** What tells them from earlier ones, and which one it stands at. */
  loads: string
  /** Whether it stands at one. */
  isLoaded: boolean
}

/** The loads of each date of the years. */
export async function loadsOfYears(db: Queryable, { name }: Dataset, years: readonly number[]): Promise<DateLoads[]> {
  const { rows } = await db.query<DateLoads>(`
    select l.date, concat_ws(' ', l.loads, l.latest, d.load_id) as loads, d.load_id is not null as "isLoaded"
    from (select date, count(*) as loads, max(load_id) as latest from lineage where dataset = $1 and extract(year from date) = any ($2::integer[]) group by date) l
    left join days d on d.dataset = $1 and d.date = l.date`, [name, years])
  return rows
}

/** Those of the pairs that have a bar of a file. */
export async function fileBarsOn(db: Queryable, { table, times }: Dataset, pairs: readonly SecurityDate[]): Promise<SecurityDate[]> {
  return rowsOfPlanned<SecurityDate>(db, `files' bars of ${table}`, `
    select w.symbol_id as "symbolId", w.date
    from unnest($1::integer[], $2::date[]) w (symbol_id, date)
    where exists (select from ${table} b where b.symbol_id = w.symbol_id and ${times.on('b.time', 'w.date')} and b.filled_by is null)`,
  [pairs.map(({ symbolId }) => symbolId), pairs.map(({ date }) => date)])
}

/** Fills of a security on a date, by who gave them. */
export interface DateFills extends SecurityDate {
  provider: string
  bars: number
}

/** The fills of securities, by their dates. */
export async function fillsByDate(db: Queryable, { table, times }: Dataset, symbolIds: readonly number[]): Promise<DateFills[]> {
  return rowsOfPlanned<DateFills>(db, `fills of ${table} by date`, `
    select symbol_id as "symbolId", ${times.dateOf('time')} as date, filled_by as provider, count(*) as bars
    from ${table}
    where filled_by is not null and symbol_id = any ($1::integer[])
    group by 1, 2, 3`, [symbolIds])
}
