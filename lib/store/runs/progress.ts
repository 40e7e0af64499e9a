import type { Queryable } from '../../postgres/database.js'

/** How far a run has come: of how many dates or symbols it has done how many, where that is known. */
export interface RunProgress {
  runId: number
  done: number
  planned: number | null
}

/** How far runs have come. Of a load that chooses among its dates nobody knows beforehand how many these are. */
export async function progressOf(db: Queryable, runIds: readonly number[]): Promise<Map<number, RunProgress>> {
  if (runIds.length === 0) return new Map()
  const { rows } = await db.query<RunProgress>(`
    select r.run_id as "runId",
           coalesce(round(j.progress * s.symbols / 100)::bigint, (select count(*) from attempts a where a.run_id = r.run_id)) as done,
           case when r.command = 'load' and r.parameters ->> 'only' is null then
                  (select count(*) from generate_series((r.parameters ->> 'start')::date, (r.parameters ->> 'end')::date, '1 day') as day where extract(isodow from day) < 6)
                else s.symbols end as planned
    from ingestion_runs r
    left join jobs j on j.job_id = r.parameters ->> 'job' and j.run_id = r.run_id
    cross join lateral (select case when r.command = 'fetch' and r.parameters ->> 'grouped' = 'false' then (r.parameters ->> 'symbol_count')::bigint end as symbols) s
    where r.run_id = any($1::bigint[])`, [runIds])
  return new Map(rows.map((progress) => [progress.runId, progress]))
}
