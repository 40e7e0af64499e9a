import { MINUTE_AGGS } from '../../datasets/minute.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** What statements hold the daily bars of a date against: other words where it is not what it was. */
export interface Beside {
  date: IsoDate
  version: string
  /** What it was when they last judged the date; null where they never did. */
  judged: string | null
}

/**
 * The same of these dates: the requests that gave bars of the date, of whatever length, and the load of its minutes. Requests come in at their first date and go out
 * after their last, so that each is looked at once and not for every date.
 */
export async function listBeside(db: Queryable, dates: readonly IsoDate[]): Promise<Beside[]> {
  const { rows } = await db.query<Beside>(`
    with given as materialized (
      select start_date, end_date, hashint8extended(fetch_id, 0)::numeric as hash from fetches where status = 'stored' and withdrawn_at is null
    ), steps as (
      select date, sum(hash) as hash
      from (
        select start_date, hash from given
        union all select end_date + 1, -hash from given
        union all select date, 0 from unnest($1::date[]) d (date)
      ) s (date, hash)
      group by date
    ), standing as materialized (
      select date, sum(hash) over (order by date) as hash from steps
    )
    select a.date, m.beside as judged, concat_ws('/', s.hash, coalesce(d.load_id, 0)) as version
    from unnest($1::date[]) a (date)
    join standing s on s.date = a.date
    left join days d on d.dataset = $2 and d.date = a.date
    left join quality_marks m on m.date = a.date
    order by a.date`, [dates, MINUTE_AGGS.name])
  return rows
}

/** Marks dates as judged by statements. */
export async function markBeside(db: Queryable, beside: readonly Beside[]): Promise<void> {
  await db.query('update quality_marks m set beside = b.version from unnest($1::date[], $2::text[]) b (date, version) where m.date = b.date and m.beside is distinct from b.version',
    [beside.map(({ date }) => date), beside.map(({ version }) => version)])
}
