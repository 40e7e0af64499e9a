import type pg from 'pg'
import { lastRows, type Queryable } from './database.js'
import { serverProcess } from './session.js'

/** Does work that reads on a connection of the pool, all of it as of one moment. */
export async function inSnapshot<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let isBroken = false
  try {
    await client.query('begin isolation level repeatable read read only')
    return await work(client)
  } finally {
    await client.query('rollback').catch(() => {
      isBroken = true
    })
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
