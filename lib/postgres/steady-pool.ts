import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import { databaseFailure } from './failures.js'
import { sqlStateOf } from './sqlstates.js'
import { unusableDatabase } from './unusable.js'

/** The first wait between two attempts to connect in milliseconds; each next one is twice as long, up to the longest. */
const FIRST_WAIT = 100
const LONGEST_WAIT = 2000
/** How often work that may be done twice is tried. */
const TRIES = 3

/**
 * Connections for work that is to outlive a restart of the server, or a moment in which it has no connection left. Once
 * waiting was in vain nobody waits again until a connection could be had: a run over many dates ends soon when the server
 * has gone for good. Nobody waits after the signal is aborted either.
 */
export class SteadyPool {
  #exhausted = false

  /** @param waitSeconds longest wait for a server that takes no connection */
  constructor(readonly pool: pg.Pool, private readonly waitSeconds: number, private readonly log: Logger) {}

  /** A connection of the pool. @throws what the last attempt threw */
  async connect(signal: AbortSignal): Promise<pg.PoolClient> {
    let waited = 0
    for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      try {
        const client = await this.pool.connect()
        this.#exhausted = false
        return client
      } catch (error) {
        if (databaseFailure(error) !== 'session' || this.#exhausted || signal.aborted) throw error
        this.#exhausted = waited >= this.waitSeconds * 1000
        if (this.#exhausted) throw error
        if (waited === 0) this.log.warn({ code: sqlStateOf(error), reason: (error as Error).message }, 'the database takes no connection just now, waiting for it')
        waited += wait
        await delay(wait, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** Does work that may be done twice on a connection of its own; again when that breaks or another transaction is in the way. */
  async run<T>(signal: AbortSignal, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const client = await this.connect(signal)
      try {
        const result = await work(client)
        // A cancellation may still be on its way to this connection: it must not meet the next user's query.
        client.release(signal.aborted)
        return result
      } catch (error) {
        client.release(true)
        const failure = databaseFailure(error)
        if (failure === undefined || failure === 'final' || tries === TRIES) throw error
        this.log.debug({ code: sqlStateOf(error), reason: (error as Error).message }, 'a query failed, trying it again')
      }
    }
  }

  /** Does work that may be done twice and takes its connections itself; again, once there are connections, when one of them breaks. */
  async again<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (databaseFailure(error) !== 'session' || tries === TRIES) throw error
        const client = await this.connect(signal)
        client.release()
      }
    }
  }

  /** Does what must be done before anything else can be. @throws UsageError DATABASE_UNUSABLE when the database fails it */
  async prepare<T>(signal: AbortSignal, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    try {
      return await this.run(signal, work)
    } catch (error) {
      throw unusableDatabase(error) ?? error
    }
  }
}
