import type pg from 'pg'
import { breakOff, cancelQuery } from '../../postgres/failures.js'

/** How long the server may take to cancel a query before its connection is broken off. */
const CANCEL_MS = 2000

/** Stops what a connection is doing when the signal is aborted, while it is on. */
export interface AbortWatch {
  begin(): void
  end(): void
}

/**
 * Once the signal is aborted: has the server give up what it does on this connection, and breaks the connection off when
 * the server does not answer.
 */
export function watchAbort(pool: pg.Pool, client: pg.PoolClient, signal: AbortSignal): AbortWatch {
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    cancelQuery(pool, client).catch(() => undefined)
    timer = setTimeout(() => breakOff(client), CANCEL_MS)
  }
  return {
    begin: () => signal.addEventListener('abort', stop, { once: true }),
    end() {
      signal.removeEventListener('abort', stop)
      clearTimeout(timer)
    },
  }
}
