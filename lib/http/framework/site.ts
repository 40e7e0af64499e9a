import type pg from 'pg'
import type { Logger } from 'pino'

/** What the service works in, made once by who starts it; nothing of what it is asked. */
export interface Site {
  /** Connections of a reader: nothing can be written on them, and no statement takes long. */
  pool: pg.Pool
  log: Logger
  /** The clock. */
  now: () => Date
}
