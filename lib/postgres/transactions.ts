import type pg from 'pg'
import { lastRows, type Queryable } from './database.js'
import { serverProcess } from './session.js'

/** Says whether statements go to the server as they come, and not one when the one before it is answered. */
function pipeline(client: pg.ClientBase, isOn: boolean): void {
  Object.assign(client, { pipeline: isOn })
}

const SNAPSHOT = 'begin isolation level repeatable read read only'
/** Else the server would plan the first five executions on a connection each anew. */
const ONE_PLAN = 'set local plan_cache_mode = force_generic_plan'

/**
 * Does work that reads on a connection of the pool, all of it as of one moment. What the work asks for at once (`Promise.all`) goes to the server at once, and takes one journey there and back.
 * @param isPlannedOnce whether the best plans of its statements are the same whatever the values, so that each that has a name is planned once a connection
 */
export async function inSnapshot<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>, isPlannedOnce = false): Promise<T> {
  const client = await pool.connect()
  let isBroken = false
  try {
    pipeline(client, true)
    const [, done] = await Promise.all([client.query(isPlannedOnce ? `${SNAPSHOT}; ${ONE_PLAN}` : SNAPSHOT), work(client)])
    return done
  } finally {
    await client.query('rollback').catch(() => {
      isBroken = true
    })
    pipeline(client, false)
    client.release(isBroken)
  }
}

/** A transaction as others can find it on the server. */
export interface OpenTransaction {
  /** The server's process that it is open in. */
  process: number
  /** When it began, to the microsecond, by the server's clock: no other of that process began then. */
  begun: string
}

/** Begins a transaction. @param first statements that it begins with, each with its semicolon */
export async function beginTransaction(client: pg.ClientBase, first = ''): Promise<OpenTransaction> {
  const [row] = lastRows(await client.query<{ begun: string }>(`begin; ${first} select now()::text as begun`))
  return { process: serverProcess(client), begun: row!.begun }
}

/** Ends a transaction whose connection was lost, if it is still open, and waits until it is gone: a server may notice late that its client is no more. */
export async function endTransaction(db: Queryable, { process, begun }: OpenTransaction): Promise<void> {
  await db.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and pid = $1 and xact_start = $2::timestamptz', [process, begun])
}
