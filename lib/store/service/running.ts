import type { Queryable } from '../../postgres/database.js'

/** A run that is alive. */
export interface Running {
  runId: number
  command: string
  parameters: Record<string, unknown>
  startedAt: Date
  /** How many of its dates have ended. */
  done: number
}

/** The runs that are alive, the newest first. */
export async function runsAlive(db: Queryable): Promise<Running[]> {
  const { rows } = await db.query<Running>(`
    select r.run_id as "runId", r.command, r.parameters, r.started_at as "startedAt", (select count(*) from attempts a where a.run_id = r.run_id) as done
    from ingestion_runs r
    where r.status = 'running' and ohlcv_run_is_alive(r.run_id)
    order by r.run_id desc`)
  return rows
}
