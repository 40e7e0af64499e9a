import type pg from 'pg'
import type { Queryable } from '../../postgres/database.js'

/** A fetch whose bodies may be given up. */
export interface PrunableFetch {
  fetchId: number
  provider: string
  pulledAt: Date
  /** SHA-256 of each body. */
  pages: string[]
}

const COLUMNS = 'fetch_id as "fetchId", provider, pulled_at as "pulledAt", pages'

/** Fetches with kept bodies that were made before an instant, after the one given, in order. */
export async function prunableFetches(db: Queryable, before: Date, after: number, limit: number): Promise<PrunableFetch[]> {
  const { rows } = await db.query<PrunableFetch>(`
    select ${COLUMNS} from fetches
    where pruned_at is null and pages <> '{}' and pulled_at < $1 and fetch_id > $2
    order by fetch_id
    limit $3`, [before, after, limit])
  return rows
}

/** Marks fetches as no longer kept, all with the same instant. */
export async function markPruned(db: Queryable, fetchIds: readonly number[], at: Date): Promise<void> {
  await db.query('update fetches set pruned_at = $2 where fetch_id = any ($1)', [fetchIds, at])
}

/** The fetches that were marked last. */
export async function lastPruned(db: Queryable): Promise<PrunableFetch[]> {
  const { rows } = await db.query<PrunableFetch>(`select ${COLUMNS} from fetches where pruned_at = (select max(pruned_at) from fetches) order by fetch_id`)
  return rows
}

/** A body as it is kept: once for each provider and month (UTC). */
export interface Body {
  provider: string
  month: string
  sha256: string
}

/** Those of the bodies that another fetch needs: one that was made at or after `before`, or that will be given up after the last of these. */
export async function neededBodies(db: Queryable, bodies: readonly Body[], before: Date, last: number): Promise<Body[]> {
  const { rows } = await db.query<Body>(`
    with months as (
      select b.provider, b.month, (b.month || '-01')::timestamp at time zone 'UTC' as first, ((b.month || '-01')::timestamp + interval '1 month') at time zone 'UTC' as next,
             array_agg(b.sha256) as bodies
      from unnest($1::text[], $2::text[], $3::text[]) b (provider, month, sha256)
      group by b.provider, b.month
    )
    select distinct m.provider, m.month, page as sha256
    from months m
    join fetches f on f.provider = m.provider and f.pulled_at >= m.first and f.pulled_at < m.next
    cross join unnest(f.pages) page
    where f.pruned_at is null and (f.pulled_at >= $4 or f.fetch_id > $5) and page = any (m.bodies)`,
  [bodies.map(({ provider }) => provider), bodies.map(({ month }) => month), bodies.map(({ sha256 }) => sha256), before, last])
  return rows
}

/** Begins a transaction until whose end no fetch can begin to work; whether one is at work already. */
export async function holdOffFetches(client: pg.ClientBase): Promise<boolean> {
  // A job says that it runs before it asks for anything: who writes that waits for this lock.
  await client.query('begin; lock table jobs in share mode')
  const { rows } = await client.query<{ working: boolean }>(`
    select exists (select from jobs where state = 'running' and run_id is not null and ohlcv_run_is_alive(run_id)) as working`)
  return rows[0]!.working
}
