import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { left } from '../quality/scores.js'

/** The latest dates that were judged, and how good they are together: what is left of 1 for each bar that was expected. */
export async function recentQuality(db: Queryable, most: number): Promise<{ dates: IsoDate[]; score: string | null }> {
  const { rows } = await db.query<{ dates: IsoDate[] | null; score: string | null }>(`
    select array_agg(date::text order by date) as dates, ${left('sum(expected)', 'sum(lost)')} as score
    from (select date, expected, lost from quality_marks where judged order by date desc limit $1) recent`, [most])
  return { dates: rows[0]?.dates ?? [], score: rows[0]?.score ?? null }
}

/** How good securities are on dates that were judged: what is left of 1 for each bar, and for each that was expected and is absent. @param bars how many each has on them */
export async function securityQuality(db: Queryable, symbolIds: readonly number[], bars: readonly number[], dates: readonly IsoDate[]): Promise<Map<number, string | null>> {
  const { rows } = await db.query<{ symbolId: number; score: string | null }>(`
    select w.symbol_id as "symbolId", ${left('w.bars + l.absent', 'l.lost')} as score
    from unnest($1::integer[], $2::integer[]) w (symbol_id, bars)
    cross join lateral (
      select coalesce(sum(1 - score), 0) as lost, count(*) filter (where 'absent' = any (failed)) as absent
      from data_quality_log where symbol_id = w.symbol_id and date = any ($3::date[])
    ) l`, [symbolIds, bars, dates])
  return new Map(rows.map(({ symbolId, score }) => [symbolId, score]))
}
