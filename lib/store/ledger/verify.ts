import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** What of the ledger does not agree with itself about a date. */
export type LedgerFault =
  | { kind: 'origin'; bars: number }
  | { kind: 'origin_count'; loadId: number; bars: number; most: number }
  | { kind: 'rejects'; kept: number; counted: number }
  | { kind: 'counts'; loadId: number }
  | { kind: 'reference'; loadId: number }
  | { kind: 'coverage'; missing: number; extra: number }

/** A loaded date as the ledger has it and as its bars are now. */
export interface VerifiedDay {
  date: IsoDate
  ledgerRows: number
  storedRows: number
  /** What the hashes of the bars add up to, as text. */
  ledgerChecksum: string
  storedChecksum: string
  same: boolean
  /** A later load of selected symbols on the date, which changes bars without moving the ledger. */
  subsetLoadId: number | null
  /** In the order of the union's kinds. */
  faults: LedgerFault[]
  /** Bars of providers, of which a loaded date has none. */
  fills: number
}

/** The securities that are said to have bars of files on dates, as SQL; a row's bits are taken out of it once, and not for each of them again where it is long. */
const coveredWhere = (condition: string): string => `
      select date, 8 * byte + bit as symbol_id
      from (select date, securities || '' as bits from coverage where ${condition} offset 0) c
      cross join generate_series(0, length(bits) - 1) byte
      cross join generate_series(0, case when get_byte(bits, byte) = 0 then -1 else 7 end) bit
      where get_bit(bits, 8 * byte + bit) = 1`

/** Compares one loaded date with the ledger, and the ledger with itself, all as of one instant; undefined when the date is not loaded. */
export async function verifyDay(db: Queryable, { name, table, times }: Dataset, date: IsoDate): Promise<VerifiedDay | undefined> {
  const { rows } = await db.query<VerifiedDay>(`
    with loads as materialized (
      select load_id, inserted + updated as written,
             read = staged + rejected + unknown + not_selected + duplicates and staged = inserted + updated + unchanged and authoritative = (symbols is null) as adds_up
      from lineage where dataset = $1 and date = $2
    ), origins as materialized (
      select load_id, count(*) as bars from ${table} where ${times.within('time', '$2::date', '$2::date')} and filled_by is null group by load_id
    ), covered as materialized (
      ${coveredWhere('dataset = $1 and date = $2')}
    ), securities as materialized (
      select distinct symbol_id from ${table} where ${times.within('time', '$2::date', '$2::date')} and filled_by is null
    ), replaced as (
      select old_load_id as load_id, count(*) as bars from bar_revisions where dataset = $1 and date = $2 and cause <> 'repair' group by old_load_id
    ), kept as (
      select count(*) as rejects, count(*) filter (where r.load_id <> d.load_id) as foreign_rejects
      from days d left join rejected_rows r on r.dataset = d.dataset and r.date = d.date
      where d.dataset = $1 and d.date = $2 and r.line is not null
    ), faults as (
      select 1 as place, null::bigint as load_id, jsonb_build_object('kind', 'origin', 'bars', sum(o.bars)) as fault
      from origins o where not exists (select 1 from loads l where l.load_id = o.load_id) having count(*) > 0
      union all
      select 2, o.load_id, jsonb_build_object('kind', 'origin_count', 'loadId', o.load_id, 'bars', o.bars, 'most', l.written - coalesce(r.bars, 0))
      from origins o join loads l using (load_id) left join replaced r using (load_id) where o.bars > l.written - coalesce(r.bars, 0)
      union all
      select 3, null, jsonb_build_object('kind', 'rejects', 'kept', k.rejects - k.foreign_rejects, 'counted', d.rejects)
      from days d, kept k where d.dataset = $1 and d.date = $2 and (k.rejects <> d.rejects or k.foreign_rejects > 0)
      union all
      select 4, l.load_id, jsonb_build_object('kind', 'counts', 'loadId', l.load_id) from loads l where not l.adds_up
      union all
      select 4, d.load_id, jsonb_build_object('kind', 'counts', 'loadId', d.load_id)
      from days d join lineage l using (load_id)
      where d.dataset = $1 and d.date = $2 and (d.row_count + d.dropped <> l.staged or d.rejects > l.rejected or d.largest < d.row_count)
      union all
      select 5, d.load_id, jsonb_build_object('kind', 'reference', 'loadId', d.load_id)
      from days d join lineage l using (load_id)
      where d.dataset = $1 and d.date = $2 and not (l.dataset = d.dataset and l.date = d.date and l.authoritative)
      union all
      select 6, null, jsonb_build_object('kind', 'coverage', 'missing', count(*) filter (where c.symbol_id is null), 'extra', count(*) filter (where s.symbol_id is null))
      from securities s full join covered c using (symbol_id) where s.symbol_id is null or c.symbol_id is null having count(*) > 0
    )
    select d.date, d.row_count as "ledgerRows", now.row_count as "storedRows", d.hash_sum::text as "ledgerChecksum", now.hash_sum::text as "storedChecksum",
           (d.row_count, d.hash_sum, d.rehash_sum) = (now.row_count, now.hash_sum, now.rehash_sum) as same,
           (select max(l.load_id) from lineage l
            where l.dataset = d.dataset and l.date = d.date and l.load_id > d.load_id and not l.authoritative) as "subsetLoadId",
           (select coalesce(jsonb_agg(fault order by place, load_id), '[]') from faults) as faults,
           (select count(*) from ${table} where ${times.within('time', '$2::date', '$2::date')} and filled_by is not null) as fills
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
  /** Bars that a provider gave, and those of them that came by no request. */
  fills: number
  strayFills: number
}

/** Bars on dates without an authoritative load; null means without bound. Reads every bar of the range. */
export async function unledgeredDays(db: Queryable, dataset: Dataset, range: { start: IsoDate | null; end: IsoDate | null }): Promise<UnledgeredDay[]> {
  const { dateOf, within } = dataset.times
  const { rows } = await db.query<UnledgeredDay>(`
    with stored as materialized (
      select ${dateOf('time')} as date, filled_by is not null as is_fill, load_id, fetch_id, count(*) as bars
      from ${dataset.table}
      where ${within('time', "coalesce($2::date, '-infinity')", "coalesce($3::date, 'infinity')")}
      group by 1, 2, 3, 4
    )
    select s.date, coalesce(sum(s.bars) filter (where not is_fill and l.load_id is not null), 0)::bigint as "subsetRows",
           coalesce(sum(s.bars) filter (where not is_fill and l.load_id is null), 0)::bigint as "strayRows",
           coalesce(sum(s.bars) filter (where is_fill), 0)::bigint as fills,
           coalesce(sum(s.bars) filter (where is_fill and f.fetch_id is null), 0)::bigint as "strayFills"
    from stored s
    left join lineage l on l.load_id = s.load_id and l.dataset = $1 and l.date = s.date and not l.authoritative
    left join fetches f on f.fetch_id = s.fetch_id
    where not exists (select 1 from days d where d.dataset = $1 and d.date = s.date)
    group by s.date
    order by s.date`, [dataset.name, range.start, range.end])
  return rows
}

/** A date without an authoritative load whose coverage lacks securities that have bars of files, or has such that have none. */
export interface UncoveredDay {
  date: IsoDate
  missing: number
  extra: number
}

/** Those of the dates in a range without an authoritative load whose coverage is not what their bars say: of these dates, and of all that have some. */
export async function uncoveredDays(db: Queryable, { name, table, times }: Dataset, range: { start: IsoDate | null; end: IsoDate | null }, dates: readonly IsoDate[]): Promise<UncoveredDay[]> {
  const [start, end] = ["coalesce($2::date, '-infinity')", "coalesce($3::date, 'infinity')"]
  const { rows } = await db.query<UncoveredDay>(`
    with dates as materialized (
      select date from (select date from coverage where dataset = $1 and date between ${start} and ${end} union select * from unnest($4::date[])) d (date)
      where not exists (select 1 from days where dataset = $1 and days.date = d.date)
    ), covered as materialized (
      ${coveredWhere('dataset = $1 and date in (select date from dates)')}
    ), securities as materialized (
      select distinct d.date, b.symbol_id
      from dates d join ${table} b on ${times.on('b.time', 'd.date')}
      where ${times.within('b.time', start, end)} and b.filled_by is null
    )
    select date, count(*) filter (where c.symbol_id is null) as missing, count(*) filter (where s.symbol_id is null) as extra
    from securities s full join covered c using (date, symbol_id)
    where s.symbol_id is null or c.symbol_id is null
    group by date
    order by date`, [name, range.start, range.end, dates])
  return rows
}

/** Faults of the ledger about the bars themselves. */
const OF_BARS: ReadonlySet<LedgerFault['kind']> = new Set(['origin', 'origin_count', 'coverage'])

/** The faults that are news: where bars are not those of the file, whose they are said to be is none, nor which securities have some. */
export function faultsOf({ same, faults }: VerifiedDay): LedgerFault[] {
  return faults.filter(({ kind }) => same || !OF_BARS.has(kind))
}

/** What is wrong with a loaded date, if anything, in the order in which it is told. */
export function wrongWith(day: VerifiedDay): ('changed' | 'ledger' | 'fill')[] {
  return [...(day.same ? [] : ['changed' as const]), ...(faultsOf(day).length > 0 ? ['ledger' as const] : []), ...(day.fills > 0 ? ['fill' as const] : [])]
}

/** How the bars of a date stand to the ledger, as it is kept with a mending. */
export interface DateState {
  wrong: ('changed' | 'ledger' | 'file' | 'unaccounted' | 'fill')[]
  /** By the ledger, and in the table; null where the date is not loaded, or its bars have not been added up. */
  ledger_rows: number | null
  stored_rows: number
  ledger_checksum: string | null
  stored_checksum: string | null
  fills: number
}

/** How the bars of one date stand to the ledger, as of one instant. */
export async function stateOfDate(db: Queryable, dataset: Dataset, date: IsoDate): Promise<DateState> {
  const day = await verifyDay(db, dataset, date)
  if (day) {
    const { ledgerRows, storedRows, ledgerChecksum, storedChecksum, fills } = day
    return { wrong: wrongWith(day), ledger_rows: ledgerRows, stored_rows: storedRows, ledger_checksum: ledgerChecksum, stored_checksum: storedChecksum, fills }
  }
  const [{ subsetRows, strayRows, fills, strayFills } = { subsetRows: 0, strayRows: 0, fills: 0, strayFills: 0 }] = await unledgeredDays(db, dataset, { start: date, end: date })
  const isUncovered = strayRows === 0 && (await uncoveredDays(db, dataset, { start: date, end: date }, [date])).length > 0
  const wrong = [...(isUncovered ? ['ledger' as const] : []), ...(strayRows > 0 ? ['unaccounted' as const] : []), ...(strayFills > 0 ? ['fill' as const] : [])]
  return { wrong, ledger_rows: null, stored_rows: subsetRows + strayRows, ledger_checksum: null, stored_checksum: null, fills }
}
