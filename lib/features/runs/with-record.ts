import type pg from 'pg'
import type { Queryable } from '../../postgres/database.js'
import { databaseFailure } from '../../postgres/failures.js'
import { HeldLock } from './held-lock.js'
import type { Runtime } from './runtime.js'

/** What is written down of something while it is done; others tell by its lock that it is alive. */
export interface LiveRecord<T> {
  /** The connection on which its lock has been taken. */
  client: pg.PoolClient
  /** Takes the lock on another connection, and puts right what others wrote down meanwhile who could not find it held. */
  takeAgain: (client: pg.PoolClient) => Promise<void>
  done: (db: Queryable, result: T) => Promise<void>
  failed: (db: Queryable, error: unknown) => Promise<void>
  /** What the log is told of where the end cannot be written down: its id by what it is, and what comes of that. */
  unwritten: [id: Readonly<Record<string, number>>, message: string]
}

/** Holds the lock of a record while `work` does what it is of, and writes down how that ended, as far as the database takes it. @throws what `work` throws */
export async function withRecord<T>({ db, log, signal }: Runtime, { client, takeAgain, done, failed, unwritten: [id, message] }: LiveRecord<T>, work: () => Promise<T>): Promise<T> {
  const lock = new HeldLock(db, signal, takeAgain)
  lock.keep(client)
  const close = async (write: (client: pg.PoolClient) => Promise<void>) => {
    try {
      await db.run(signal, write)
    } catch (error) {
      if (databaseFailure(error) === undefined) throw error
      log.error({ ...id, reason: (error as Error).message }, message)
    }
  }
  try {
    const result = await work()
    await close((client) => done(client, result))
    return result
  } catch (error) {
    await close((client) => failed(client, error))
    throw error
  } finally {
    lock.end()
  }
}
