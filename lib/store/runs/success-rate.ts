import type { Queryable } from '../../postgres/database.js'
import { RUN_STATUS } from './runs.js'

/** Percent of the runs that are to succeed. */
export const SUCCESS_GOAL = 99

/** How many of the runs that have ended succeeded. Tries within a run do not count: it succeeds when it got there in the end. */
export interface SuccessRate {
  runs: number
  succeeded: number
  /** Those that failed or died. */
  failed: number
  /** Those that somebody stopped, which count neither way. */
  interrupted: number
  /** Percent of those that succeeded or failed, cut after two digits, so that only all of them are 100; null: there was none. */
  rate: string | null
  /** Whether that is as it is to be; null: there was none. */
  met: boolean | null
}

/** How the runs fared that have ended since the instant. */
export async function successRate(db: Queryable, since: Date): Promise<SuccessRate> {
  const { rows: [row] } = await db.query<SuccessRate>(`
    with ended as (
      select ${RUN_STATUS} as status from ingestion_runs r where r.finished_at is null or r.finished_at >= $1
    ), counted as (
      select count(*) filter (where status <> 'running') as runs, count(*) filter (where status = 'succeeded') as succeeded, count(*) filter (where status in ('failed', 'died')) as failed,
             count(*) filter (where status = 'interrupted') as interrupted
      from ended
    )
    select runs, succeeded, failed, interrupted, trim_scale(trunc(100.0 * succeeded / nullif(succeeded + failed, 0), 2)) as rate,
           case when succeeded + failed > 0 then 100 * succeeded >= $2 * (succeeded + failed) end as met
    from counted`, [since, SUCCESS_GOAL])
  return row!
}
