import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'

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

/** How the last attempt at a date ended. */
export interface LastAttempt {
  date: IsoDate
  outcome: Outcome
  code: string | null
  message: string | null
}

/** The last attempt at each date of a range that was ever tried. */
export async function lastAttempts(db: Queryable, dataset: string, { start, end }: DateRange): Promise<Map<IsoDate, LastAttempt>> {
  // One look into the index a date: a nightly run leaves many attempts at each.
  const { rows } = await db.query<LastAttempt>(`
    select a.date, a.outcome, a.code, a.message
    from generate_series(0, $3::date - $2::date) n
    cross join lateral (
      select * from attempts where dataset = $1 and date = $2::date + n order by attempt_id desc limit 1
    ) a
    order by a.date`, [dataset, start, end])
  return new Map(rows.map((attempt) => [attempt.date, attempt]))
}
