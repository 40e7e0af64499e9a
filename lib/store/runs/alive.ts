import type pg from 'pg'
import type { Queryable } from '../../postgres/database.js'
import { LOCKS } from '../../postgres/locks.js'

/** Marks a run as alive for as long as this session lives. */
export async function holdRun(client: pg.ClientBase, runId: number): Promise<void> {
  await client.query('select pg_advisory_lock($1::bigint)', [LOCKS.run(runId)])
}

/** Closes the runs that say they are running while nobody holds their lock; returns their ids. */
export async function closeDeadRuns(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ run_id: number }>(
    `update ingestion_runs
        set status = 'died', finished_at = clock_timestamp(), message = 'the process ended without a word'
      where status = 'running' and not ohlcv_run_is_alive(run_id)
      returning run_id`,
  )
  return rows.map(({ run_id }) => run_id)
}
