import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A score in SQL: what is left of 1 for each that was expected, cut after six digits, so that only what is whole has 1. */
export const left = (expected: string, lost: string): string => `trim_scale(trunc(greatest(${expected} - ${lost}, 0) / nullif(${expected}, 0), 6))`

/** How good a date is: `score` is what `lost` leaves of 1 for each bar that was expected. */
export interface DateScore {
  date: IsoDate
  bars: number
  /** Its bars, and those that were expected and are absent. */
  expected: number
  /** The sum of what the scores of these lack to 1, exactly. */
  lost: string
  score: string
  /** How many bars fail which rule. */
  failed: Record<string, number>
  below: boolean
}

/** Dates that were judged, and how they stand together. */
export interface JudgedDates {
  /** The worst first, then the latest. */
  dates: DateScore[]
  judged: number
  below: number
  /** When the one that was checked longest ago was, and the one that was last; null where none was. */
  firstCheckedAt: Date | null
  lastCheckedAt: Date | null
}

/** The dates of a range that were judged, the worst first, as far as the limit goes. */
export async function dateScores(db: Queryable, { start, end }: DateRange, minimum: string, limit: number | null): Promise<JudgedDates> {
  const { rows } = await db.query<DateScore & { judged: number; allBelow: number; firstCheckedAt: Date; lastCheckedAt: Date }>(`
    with judged as materialized (
      select date, bars, expected, lost, expected - lost < $3::numeric * expected as below,
             count(*) over () as dates, count(*) filter (where expected - lost < $3::numeric * expected) over () as all_below,
             min(checked_at) over () as first_checked_at, max(checked_at) over () as last_checked_at
      from quality_marks
      where judged and date between $1 and $2
      order by lost / nullif(expected, 0) desc nulls last, date desc
      limit $4
    ),
    failed as (
      select l.date, r.rule, count(*) as bars
      from judged j join data_quality_log l using (date) cross join unnest(l.failed) as r (rule)
      where j.lost > 0
      group by 1, 2
    )
    select j.date, j.bars, j.expected, trim_scale(j.lost) as lost, coalesce(${left('j.expected', 'j.lost')}, 1) as score, j.below,
           (select coalesce(jsonb_object_agg(f.rule, f.bars), '{}') from failed f where f.date = j.date) as failed,
           j.dates as judged, j.all_below as "allBelow", j.first_checked_at as "firstCheckedAt", j.last_checked_at as "lastCheckedAt"
    from judged j
    order by j.lost / nullif(j.expected, 0) desc nulls last, j.date desc`, [start, end, minimum, limit])
  const [first] = rows
  return {
    dates: rows.map(({ date, bars, expected, lost, score, failed, below }) => ({ date, bars, expected, lost, score, failed, below })),
    judged: first?.judged ?? 0, below: first?.allBelow ?? 0, firstCheckedAt: first?.firstCheckedAt ?? null, lastCheckedAt: first?.lastCheckedAt ?? null,
  }
}

/** How many bars of a range fail which rule; of these securities, or all. */
export async function failureCounts(db: Queryable, { start, end }: DateRange, symbolIds: readonly number[] | null): Promise<{ rule: string; bars: number }[]> {
  const { rows } = await db.query<{ rule: string; bars: number }>(`
    select r.rule, count(*) as bars
    from data_quality_log l join quality_marks m on m.date = l.date and m.judged cross join unnest(l.failed) as r (rule)
    where l.date between $1 and $2 and ($3::integer[] is null or l.symbol_id = any ($3))
    group by r.rule
    order by 2 desc, 1`, [start, end, symbolIds])
  return rows
}

/** A score below 1 of a security and date. */
export interface BarScore {
  date: IsoDate
  /** What the security was called. */
  symbol: string
  symbolId: number
  score: string
  /** What it lacks to 1. */
  lost: string
  /** The rules that it fails. */
  failed: string[]
}

/** Scores below 1 of securities on dates that were judged, by symbol and date; with how many there are. */
export async function barScores(db: Queryable, { start, end }: DateRange, symbolIds: readonly number[], limit: number | null): Promise<{ scores: BarScore[]; total: number }> {
  const { rows } = await db.query<BarScore & { total: number }>(`
    select l.date, l.symbol, l.symbol_id as "symbolId", trim_scale(l.score) as score, trim_scale(1 - l.score) as lost, l.failed, count(*) over () as total
    from data_quality_log l join quality_marks m on m.date = l.date and m.judged
    where l.symbol_id = any ($3::integer[]) and l.date between $1 and $2
    order by l.symbol_id, l.date
    limit $4`, [start, end, symbolIds, limit])
  return { scores: rows.map(({ date, symbol, symbolId, score, lost, failed }) => ({ date, symbol, symbolId, score, lost, failed })), total: rows[0]?.total ?? 0 }
}

/** Whether this session may write what a check finds. */
export async function mayCheck(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ may: boolean }>(`
    select has_table_privilege('quality_marks', 'insert') and has_table_privilege('findings', 'insert') and current_setting('transaction_read_only') = 'off' as may`)
  return rows[0]!.may
}
