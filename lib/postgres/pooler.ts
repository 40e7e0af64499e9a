import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import { UsageError } from '../domain/errors.js'
import { serverProcess } from './session.js'
import { SQLSTATE, sqlStateOf } from './sqlstates.js'

/** How often a second connection looks for the first one's session: a pooler that hands sessions out in turn has a round of them. */
const LOOKS = 32
/** Seconds that finding out may take: where the pooler has one session to give, the second connection waits for it. */
const TIME_LIMIT = 3

/** The process that was announced when the connection was made; node-postgres keeps it, and its types do not say so. */
function announcedProcess(client: pg.ClientBase): number {
  return (client as unknown as { processID: number }).processID
}

/** Whether the connection is served by another process now than when it was made. */
async function hasMoved(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ process: number }>('select pg_backend_pid() as process')
  return rows[0]!.process !== serverProcess(client)
}

/** Whether what one connection has set in its session is seen, sooner or later, by another one, or a connection changes its session. */
async function sharesSessions(one: pg.ClientBase, other: pg.ClientBase): Promise<boolean> {
  const mark = randomUUID()
  await one.query(`select set_config('ohlcv.mark', $1, false)`, [mark])
  for (let look = 0; look < LOOKS; look++) {
    const { rows } = await other.query<{ mark: string | null }>(`select current_setting('ohlcv.mark', true) as mark`)
    if (rows[0]!.mark === mark || (await hasMoved(one)) || (await hasMoved(other))) return true
  }
  return false
}

/** Whether transactions are refused, as poolers do that give a connection another session with each statement. */
async function refusesTransactions(client: pg.ClientBase): Promise<boolean> {
  try {
    await client.query('begin')
    await client.query('rollback')
    return false
  } catch (error) {
    if (sqlStateOf(error) === SQLSTATE.protocolViolation) return true
    throw error
  }
}

/** Looks with a second connection. What was set in sessions that others use too is set back. */
async function looksShared(pool: pg.Pool, one: pg.ClientBase): Promise<boolean> {
  const other = await pool.connect()
  try {
    const shared = await sharesSessions(one, other)
    if (shared) await other.query('reset all')
    return shared || (await refusesTransactions(other))
  } finally {
    other.release(true)
  }
}

/**
 * Refuses a pooler that does not keep a session of the server for each connection: staging tables, locks and settings live in
 * one. A server that is reached directly announces the process that serves the connection; poolers announce one that is made up.
 * @throws UsageError DATABASE_POOLER
 */
export async function refuseSharedSessions(pool: pg.Pool, describe: string, log: Logger): Promise<void> {
  const client = await pool.connect()
  let shared: boolean | undefined = false
  try {
    if (announcedProcess(client) === serverProcess(client)) return
    const looking = looksShared(pool, client).catch((error: unknown) => {
      log.debug({ reason: (error as Error).message }, 'the pooler could not be examined')
      return undefined
    })
    const ended = new AbortController()
    shared = await Promise.race([looking, delay(TIME_LIMIT * 1000, undefined, { signal: ended.signal })])
    ended.abort()
  } finally {
    // Where it is not known the examination may still be under way: without this connection it ends.
    client.release(shared !== false)
  }
  if (shared === undefined) log.warn(`${describe} is a pooler that gives no second connection just now; it is taken to keep a session for each`)
  if (!shared) return
  throw new UsageError('DATABASE_POOLER', `${describe} is a pooler that gives a connection another session of the server with each transaction or statement`, {
    hint: 'connect where it pools by session (PgBouncer: pool_mode = session), or to the server itself',
  })
}
