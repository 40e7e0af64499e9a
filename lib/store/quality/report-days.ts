import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A session as the check of quality has left it. */
export interface CheckedDay {
  date: IsoDate
  hasBars: boolean
  /** Whether it was checked as it is. */
  judged: boolean
  /** Bars judged, and those of securities that were expected; null where it was never checked. */
  bars: number | null
  expected: number | null
  /** What the scores of its securities lack to 1, in all: an exact decimal. */
  lost: string | null
  checkedAt: Date | null
}

/** How the check of quality has left these sessions, in their order. */
export async function checkedDays(db: Queryable, dates: readonly IsoDate[]): Promise<CheckedDay[]> {
  const { rows } = await db.query<CheckedDay>(`
    select s.date, m.date is not null or exists (select from ohlcv_daily b where b.time = s.date) as "hasBars", coalesce(m.judged, false) as judged,
           m.bars, m.expected, trim_scale(m.lost)::text as lost, m.checked_at as "checkedAt"
    from unnest($1::date[]) s (date)
    left join quality_marks m using (date)
    order by s.date`, [dates])
  return rows
}

/** How many securities have more than a share of the bars that were expected of them, and those that have not. */
export interface Coverage {
  securities: number
  covered: number
  /** The worst first, as many as were asked for. */
  worst: { symbol: string; missing: number; expected: number }[]
}

/** How well the securities of the checked dates of a range are covered. @param percent of the expected bars that a security has to have more than */
export async function coverageOf(db: Queryable, { start, end }: DateRange, percent: number, limit: number): Promise<Coverage> {
  const { rows } = await db.query<Omit<Coverage, 'worst'> & { worst: Coverage['worst'] | null }>(`
    with judged as materialized (
      select date from quality_marks where date between $1 and $2 and judged
    ), held as materialized (
      select b.symbol_id, count(*) as bars from ohlcv_daily b join judged j on j.date = b.time where b.time between $1 and $2 group by b.symbol_id
    ), absent as (
      select l.symbol_id, (array_agg(l.symbol order by l.date desc))[1] as symbol, count(*) as missing
      from data_quality_log l join judged j using (date)
      where l.date between $1 and $2 and 'absent' = any (l.failed)
      group by l.symbol_id
    ), securities as (
      select coalesce(a.symbol, '') as symbol, coalesce(a.missing, 0) as missing, coalesce(h.bars, 0) + coalesce(a.missing, 0) as expected
      from held h full join absent a using (symbol_id)
    ), judged_securities as (
      select *, 100 * (expected - missing) > $3 * expected as covered from securities
    )
    select count(*) as securities, count(*) filter (where covered) as covered,
           (select jsonb_agg(jsonb_build_object('symbol', symbol, 'missing', missing, 'expected', expected) order by missing::numeric / expected desc, missing desc, symbol)
            from (select * from judged_securities where not covered order by missing::numeric / expected desc, missing desc, symbol limit $4) w) as worst
    from judged_securities`, [start, end, percent, limit])
  const { securities, covered, worst } = rows[0]!
  return { securities, covered, worst: worst ?? [] }
}

/** A security with what it loses over the checked dates of a range. */
export interface LowScore {
  /** What it was called last. */
  symbol: string
  /** Dates on which its score is below 1, and what it loses on them in all: an exact decimal. */
  dates: number
  lost: string
  /** The rules that it fails, the most frequent first. */
  failed: string[]
}

/** The securities that lose most, the worst first. */
export async function lowestScores(db: Queryable, { start, end }: DateRange, limit: number): Promise<LowScore[]> {
  const { rows } = await db.query<LowScore>(`
    with low as materialized (
      select l.symbol_id, l.symbol, l.date, l.score, l.failed from data_quality_log l join quality_marks m on m.date = l.date and m.judged where l.date between $1 and $2
    ), worst as (
      select symbol_id, (array_agg(symbol order by date desc))[1] as symbol, count(*) as dates, sum(1 - score) as lost from low group by symbol_id order by lost desc, symbol limit $3
    )
    select w.symbol, w.dates, trim_scale(w.lost)::text as lost,
           array(select rule from low l cross join unnest(l.failed) rule where l.symbol_id = w.symbol_id group by rule order by count(*) desc, rule) as failed
    from worst w
    order by w.lost desc, w.symbol`, [start, end, limit])
  return rows
}

/** Rows of the files that the dates of a range stand at which are not stored. */
export interface LeftRows {
  /** Loaded dates. */
  dates: number
  read: number
  rejected: number
  unknown: number
  duplicates: number
  /** The dates with the most duplicates, these first. */
  worst: { date: IsoDate; duplicates: number }[]
}

/** What was left out of the day files of a range, of the loads that its dates stand at. */
export async function leftRows(db: Queryable, dataset: string, { start, end }: DateRange, limit: number): Promise<LeftRows> {
  const { rows } = await db.query<Omit<LeftRows, 'worst'> & { worst: LeftRows['worst'] | null }>(`
    with loads as materialized (
      select d.date, l.read, l.rejected, l.unknown, l.duplicates from days d join lineage l using (load_id) where d.dataset = $1 and d.date between $2 and $3
    )
    select count(*) as dates, coalesce(sum(read), 0)::bigint as read, coalesce(sum(rejected), 0)::bigint as rejected, coalesce(sum(unknown), 0)::bigint as unknown,
           coalesce(sum(duplicates), 0)::bigint as duplicates,
           (select jsonb_agg(jsonb_build_object('date', date, 'duplicates', duplicates) order by duplicates desc, date)
            from (select * from loads where duplicates > 0 order by duplicates desc, date limit $4) w) as worst
    from loads`, [dataset, start, end, limit])
  const { worst, ...counts } = rows[0]!
  return { ...counts, worst: worst ?? [] }
}

/** Lengths of bars that daily ones are held against. */
export interface HeldBeside {
  weeks: boolean
  months: boolean
  minutes: boolean
}

/** Of which other lengths bars are stored in a range of dates. */
export async function heldBeside(db: Queryable, { start, end }: DateRange): Promise<HeldBeside> {
  const { rows } = await db.query<HeldBeside>(`
    select exists (select from ohlcv_weekly where time > $1::date - 7 and time <= $2) as weeks,
           exists (select from ohlcv_monthly where time >= date_trunc('month', $1::timestamp)::date and time <= $2) as months,
           exists (select from ohlcv_minute where time >= ohlcv_day_start($1) and time < ohlcv_day_start($2::date + 1)) as minutes`, [start, end])
  return rows[0]!
}
