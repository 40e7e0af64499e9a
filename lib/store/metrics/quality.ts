import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { left } from '../quality/scores.js'

/** How the dates stand that are judged by rules of quality. */
export interface QualityFigures {
  /** The lowest score of the dates; null where none was judged. */
  lowest: string | null
  /** Bars that were expected on them, and those of these that are not there. */
  expected: number
  absent: number
  /** The most that were expected of one of them. */
  most: number
  /** Dates, of all there are, that are still to be judged. */
  unjudged: number
}

/** How the dates from the one given on stand. */
export async function qualityFigures(db: Queryable, since: IsoDate): Promise<QualityFigures> {
  const { rows: [row] } = await db.query<QualityFigures>(`
    select min(${left('expected', 'lost')})::text as lowest, coalesce(sum(expected), 0)::bigint as expected, coalesce(sum(expected - bars), 0)::bigint as absent, coalesce(max(expected), 0)::bigint as most,
           (select count(*) from quality_marks where not judged) as unjudged
    from quality_marks
    where judged and date >= $1`, [since])
  return row!
}

/** How many findings of each rule nobody has explained. */
export async function openByRule(db: Queryable): Promise<{ rule: string; findings: number }[]> {
  const { rows } = await db.query<{ rule: string; findings: number }>(`select rule, count(*) as findings from findings where state = 'open' group by rule order by rule`)
  return rows
}
