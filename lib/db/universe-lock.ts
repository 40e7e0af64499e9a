import type pg from 'pg'

/** Waits for loads that are merging and keeps others out until the transaction ends; see `holdIdentities` of locks.ts. */
export async function lockIdentities(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock(1869114467, 3)')
}
