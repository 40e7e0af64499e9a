import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { left, type DateScore } from './scores.js'

// Scores as they were checked last, a page at a time. They are of dates and of one security: those of all securities would need a look at all bars.

/** Dates, each end null where there is no bound. */
interface OpenRange {
  start: IsoDate | null
  end: IsoDate | null
}

/** How good dates are together: `score` is what `lost` leaves of 1 for each bar that was expected, null where none was. */
export interface ScoreTotal {
  /** Dates that were judged. */
  dates: number
  bars: number
  expected: number
  lost: string
  score: string | null
}

/** A score that was checked. */
export type PagedScore = Omit<DateScore, 'below'> & { checkedAt: Date }

const RANGE = (date: string): string => `($1::date is null or ${date} >= $1) and ($2::date is null or ${date} <= $2)`

/** The scores of the dates of a range together. */
export async function marketTotal(db: Queryable, { start, end }: OpenRange): Promise<ScoreTotal> {
  const { rows } = await db.query<ScoreTotal>(`
    select count(*) as dates, coalesce(sum(bars), 0)::bigint as bars, coalesce(sum(expected), 0)::bigint as expected, coalesce(trim_scale(sum(lost)), 0) as lost, ${left('sum(expected)', 'sum(lost)')} as score
    from quality_marks
    where judged and ${RANGE('date')}`, [start, end])
  return rows[0]!
}

/** The scores of dates, the latest first, of those before the one given. */
export async function marketPage(db: Queryable, { start, end }: OpenRange, before: IsoDate | null, limit: number): Promise<PagedScore[]> {
  const { rows } = await db.query<PagedScore>(`
    with page as materialized (
      select date, bars, expected, lost, checked_at from quality_marks where judged and ${RANGE('date')} and ($3::date is null or date < $3) order by date desc limit $4
    )
    select p.date, p.bars, p.expected, trim_scale(p.lost) as lost, coalesce(${left('p.expected', 'p.lost')}, 1) as score, p.checked_at as "checkedAt", coalesce(f.failed, '{}') as failed
    from page p
    left join lateral (
      select jsonb_object_agg(rule, bars) as failed
      from (select rule, count(*) as bars from data_quality_log l cross join unnest(l.failed) as r (rule) where l.date = p.date group by rule) counted
    ) f on p.lost > 0
    order by p.date desc`, [start, end, before, limit])
  return rows
}

/** The scores of a security on the dates of a range that were judged together. */
export async function securityTotal(db: Queryable, symbolId: number, { start, end }: OpenRange): Promise<ScoreTotal> {
  const { rows } = await db.query<ScoreTotal>(`
    with held as (
      select count(*) as bars from ohlcv_daily b join quality_marks m on m.date = b.time and m.judged where b.symbol_id = $3 and ${RANGE('b.time')}
    ), logged as (
      select count(*) filter (where 'absent' = any (l.failed)) as absent, coalesce(sum(1 - l.score), 0) as lost
      from data_quality_log l join quality_marks m on m.date = l.date and m.judged where l.symbol_id = $3 and ${RANGE('l.date')}
    )
    select bars + absent as dates, bars, bars + absent as expected, trim_scale(lost) as lost, ${left('(bars + absent)', 'lost')} as score from held cross join logged`, [start, end, symbolId])
  return rows[0]!
}

/** The scores below 1 of a security, the latest first, of those before the date given. */
export async function securityPage(db: Queryable, symbolId: number, { start, end }: OpenRange, before: IsoDate | null, limit: number): Promise<PagedScore[]> {
  const { rows } = await db.query<PagedScore>(`
    select l.date, case when 'absent' = any (l.failed) then 0 else 1 end as bars, 1 as expected, trim_scale(1 - l.score) as lost, trim_scale(l.score) as score, m.checked_at as "checkedAt",
           (select jsonb_object_agg(rule, 1) from unnest(l.failed) as r (rule)) as failed
    from data_quality_log l join quality_marks m on m.date = l.date and m.judged
    where l.symbol_id = $3 and ${RANGE('l.date')} and ($4::date is null or l.date < $4)
    order by l.date desc
    limit $5`, [start, end, symbolId, before, limit])
  return rows
}
