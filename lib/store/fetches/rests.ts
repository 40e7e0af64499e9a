import type pg from 'pg'
import type { Queryable } from '../../postgres/database.js'

/** How a provider failed of late. */
export interface Rest {
  /** One after the other. */
  failures: number
  /** Until when it is left alone; null where it is not. */
  restsUntil: Date | null
  /** Why, the last time. */
  code: string | null
  message: string | null
}

const COLUMNS = 'failures, rests_until as "restsUntil", code, message'

/** Those of the providers that failed of late. */
export async function readRests(db: Queryable): Promise<Map<string, Rest>> {
  const { rows } = await db.query<Rest & { provider: string }>(`select provider, ${COLUMNS} from provider_rests`)
  return new Map(rows.map(({ provider, ...rest }) => [provider, rest]))
}

/**
 * Changes how a provider stands, alone among all processes, in a transaction of its own.
 * @param change given what stands; null: leave it so
 */
export async function changeRest(client: pg.ClientBase, provider: string, change: (rest: Rest) => Rest | null): Promise<Rest> {
  await client.query('begin')
  try {
    await client.query('insert into provider_rests (provider, failures) values ($1, 0) on conflict do nothing', [provider])
    const { rows: [stands] } = await client.query<Rest>(`select ${COLUMNS} from provider_rests where provider = $1 for update`, [provider])
    const changed = change(stands!)
    if (changed !== null) {
      const { failures, restsUntil, code, message } = changed
      await client.query(
        'update provider_rests set failures = $2, rests_until = $3, code = $4, message = $5, changed_at = clock_timestamp() where provider = $1',
        [provider, failures, restsUntil, code, message],
      )
    }
    await client.query('commit')
    return changed ?? stands!
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
