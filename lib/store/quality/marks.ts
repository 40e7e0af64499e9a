import { DAY_AGGS } from '../../datasets/day.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { barHash } from '../bars/sums.js'

/** How the check of quality last saw a date. */
export interface Mark {
  date: IsoDate
  seen: string
  judged: boolean
  identitySeq: number
}

/** Every mark, in order of dates. */
export async function listMarks(db: Queryable): Promise<Mark[]> {
  const { rows } = await db.query<Mark>('select date, seen, judged, identity_seq as "identitySeq" from quality_marks order by date')
  return rows
}

/** A date that has daily bars, as the ledger and its fills tell. */
export interface BarDate {
  date: IsoDate
  /** Whether it has an authoritative load. */
  isLoaded: boolean
  /** What its bars and rejects are told by: other ones, other words. */
  version: string
}

/**
 * Every date that has daily bars, in order. No bar of a file is read: loads change the ledger with them, and of selected symbols their lineage; fills, of which
 * there are few beside files, are summed.
 */
export async function listBarDates(db: Queryable): Promise<BarDate[]> {
  const { rows } = await db.query<BarDate>(`
    with loaded as (
      select date, load_id, row_count, concat_ws(' ', load_id, row_count, hash_sum, rehash_sum, rejects) as version from days where dataset = $1
    ), selected as (
      select l.date, max(l.load_id)::text as version
      from lineage l left join loaded d on d.date = l.date
      where l.dataset = $1 and not l.authoritative and (d.load_id is null or l.load_id > d.load_id)
      group by l.date
    ), fills as (
      select date, concat_ws(' ', count(*), sum(hash)) as version
      from (select b.time as date, ${barHash(DAY_AGGS, 'b')} as hash from ohlcv_daily b where b.filled_by is not null offset 0) hashed
      group by date
    )
    select date, coalesce(d.row_count, 0) > 0 as "isLoaded", concat_ws('/', coalesce(d.version, '-'), coalesce(s.version, '-'), coalesce(f.version, '-')) as version
    from loaded d full join selected s using (date) full join fills f using (date)
    where d.row_count > 0 or s.date is not null or f.date is not null
    order by date`, [DAY_AGGS.name])
  return rows
}

/** What has become of marks: dates that are seen otherwise now, that have no bars any more, and that are to be judged anew. */
export interface Staleness {
  changed: readonly { date: IsoDate; seen: string }[]
  gone: readonly IsoDate[]
  unjudged: readonly IsoDate[]
  identitySeq: number
}

/** Marks what is stale; all of it is one transaction of the caller's. */
export async function markStale(db: Queryable, { changed, gone, unjudged, identitySeq }: Staleness): Promise<void> {
  await db.query('delete from quality_marks where date = any($1::date[])', [gone])
  await db.query('delete from data_quality_log where date = any($1::date[])', [gone])
  await db.query(`
    insert into quality_marks as m (date, seen, judged, identity_seq)
    select date, seen, false, $3 from unnest($1::date[], $2::text[]) c (date, seen)
    on conflict (date) do update set seen = excluded.seen, judged = false`, [changed.map(({ date }) => date), changed.map(({ seen }) => seen), identitySeq])
  await db.query('update quality_marks set judged = false where date = any($1::date[]) and judged', [unjudged])
  await db.query('update quality_marks set identity_seq = $1 where identity_seq <> $1', [identitySeq])
}

/** A date that was judged. */
export interface JudgedDate {
  date: IsoDate
  bars: number
  /** These, and the securities that were expected and are absent. */
  expected: number
}

/** Marks dates as judged; what they have lost is what their scores in the log say. */
export async function markJudged(db: Queryable, dates: readonly JudgedDate[]): Promise<void> {
  await db.query(`
    update quality_marks m set judged = true, bars = d.bars, expected = d.expected, checked_at = clock_timestamp(),
           lost = (select coalesce(sum(1 - l.score), 0) from data_quality_log l where l.date = m.date)
    from unnest($1::date[], $2::integer[], $3::integer[]) d (date, bars, expected)
    where m.date = d.date`, [dates.map(({ date }) => date), dates.map(({ bars }) => bars), dates.map(({ expected }) => expected)])
}

/** So many days after its last bar no security is expected any more. */
const DAYS_EXPECTED = 120

/** The dates of identity changes since one of them, as far as they matter: where the securities that a symbol named, or names, have bars or may be expected. */
export async function datesOfIdentityChanges(db: Queryable, since: number): Promise<DateRange[]> {
  const { rows } = await db.query<DateRange>(`
    with changed as (
      select c.dates, s.symbol_id
      from universe_changes c cross join lateral (values (c.old_symbol_id), (c.new_symbol_id)) s (symbol_id)
      where c.seq > $1 and s.symbol_id is not null
    ), traded as materialized (
      select symbol_id, (select min(time) from ohlcv_daily b where b.symbol_id = c.symbol_id) as first, (select max(time) from ohlcv_daily b where b.symbol_id = c.symbol_id) as last
      from (select distinct symbol_id from changed) c
    )
    select start, "end" from (
      select distinct greatest(lower(c.dates), t.first) as start, least(upper(c.dates) - 1, t.last + ${DAYS_EXPECTED}) as end
      from changed c join traded t using (symbol_id)
      where t.first is not null
    ) d
    where start <= "end"
    order by start, "end"`, [since])
  return rows
}

/** Has the marks of judged dates say what their scores in the log have lost. */
export async function updateLost(db: Queryable, dates: readonly IsoDate[]): Promise<void> {
  await db.query(`
    update quality_marks m set lost = (select coalesce(sum(1 - l.score), 0) from data_quality_log l where l.date = m.date)
    where m.date = any ($1::date[]) and m.judged`, [dates])
}
