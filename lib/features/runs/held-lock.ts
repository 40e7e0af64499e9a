import type pg from 'pg'
import type { SteadyPool } from '../../postgres/steady-pool.js'

/** A lock by which others can tell that something is alive; taken again on another connection where its own is lost. */
export class HeldLock {
  #ended = false
  #client: pg.PoolClient | undefined

  /** @param take takes the lock on a connection, and puts right what others wrote down meanwhile who could not find it held */
  constructor(private readonly db: SteadyPool, private readonly signal: AbortSignal, private readonly take: (client: pg.PoolClient) => Promise<void>) {}

  /** Keeps the connection on which the lock has been taken. */
  keep(client: pg.PoolClient): void {
    this.#client = client
    client.once('end', () => {
      if (this.#client !== client) return
      this.#client = undefined
      client.release(true)
      // Failing that it may be taken for dead until it is closed with how it really ended.
      this.#takeAgain().catch(() => undefined)
    })
  }

  async #takeAgain(): Promise<void> {
    const client = await this.db.connect(this.signal)
    this.keep(client)
    if (this.#ended) return this.end()
    await this.take(client)
  }

  /** Ends the session, and with it the lock. */
  end(): void {
    this.#ended = true
    const client = this.#client
    this.#client = undefined
    client?.release(true)
  }
}
