import type pg from 'pg'
import { serverProcess } from './session.js'
import { SQLSTATE, sqlStateOf } from './sqlstates.js'

/**
 * What a database error means for the date at hand: `session` the connection is gone or of no use, try on another one;
 * `transaction` try the transaction again on the same connection; `final` trying again would not help.
 */
export type DatabaseFailure = 'session' | 'transaction' | 'final'

const SESSION: ReadonlySet<string> = new Set([
  SQLSTATE.connectionException,
  SQLSTATE.sqlclientUnableToEstablishSqlconnection,
  SQLSTATE.connectionDoesNotExist,
  SQLSTATE.sqlserverRejectedEstablishmentOfSqlconnection,
  SQLSTATE.connectionFailure,
  SQLSTATE.idleInTransactionSessionTimeout,
  SQLSTATE.idleSessionTimeout,
  SQLSTATE.tooManyConnections,
  SQLSTATE.adminShutdown,
  SQLSTATE.crashShutdown,
  SQLSTATE.cannotConnectNow,
])

// A unique violation means that somebody stored bars between our comparison and our insert, not using our lock.
const TRANSACTION: ReadonlySet<string> = new Set([
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
  SQLSTATE.lockNotAvailable,
  SQLSTATE.uniqueViolation,
])

const SOCKET = new Set([
  'ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_STREAM_DESTROYED',
])

/** What kind of failure of the database an error is; undefined when it is none. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (!(error instanceof Error)) return undefined
  const state = sqlStateOf(error)
  if (state !== undefined) {
    if (SESSION.has(state)) return 'session'
    return TRANSACTION.has(state) ? 'transaction' : 'final'
  }
  const { code = '', syscall } = error as NodeJS.ErrnoException
  // Of a socket that is not there and of a file: only the one is connected to.
  if (SOCKET.has(code) && (code !== 'ENOENT' || syscall === 'connect')) return 'session'
  // node-postgres gives these no code: https://github.com/brianc/node-postgres/issues/2439
  return /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client was closed)/.test(error.message)
    ? 'session'
    : undefined
}

/** Asks the server, over another connection, to give up what this connection is doing. */
export async function cancelQuery(pool: pg.Pool, client: pg.ClientBase): Promise<void> {
  await pool.query('select pg_cancel_backend($1)', [serverProcess(client)])
}

/** Breaks a connection off, also in the middle of a query that gets no answer. */
export function breakOff(client: pg.PoolClient): void {
  (client as unknown as pg.Client).end().catch(() => undefined)
}
