import type { Logger } from 'pino'
import type { Failpoints } from '../../domain/failpoint.js'
import type { SteadyPool } from '../../postgres/steady-pool.js'

/** What features work in, made once by whoever calls them; nothing of what they are asked to do. */
export interface Runtime {
  /** The database; its `pool` is for work that a restart of the server may fail. */
  db: SteadyPool
  log: Logger
  /** The clock. */
  now: () => Date
  /** Aborted when the work is to stop; its reason says why. */
  signal: AbortSignal
  failpoint: Failpoints
  /** What was asked of the status service and is done here, where it is that: runs name it. */
  actionId?: number
}
