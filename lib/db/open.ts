import type { Logger } from 'pino'
import type { Database } from './database.js'

export interface OpenOptions {
  env: NodeJS.ProcessEnv
  /** The setting `home`, for the embedded server. */
  home: string | undefined
  log: Logger
  signal: AbortSignal
}

/**
 * Opens the database the environment names (`DATABASE_URL` or `PG*`), else the embedded one, starting it if need be.
 * @throws UsageError when it cannot be reached, refuses the credentials, or has another schema than this version's
 */
export function openDatabase(_options: OpenOptions): Promise<Database> {
  return Promise.reject(new Error('not yet'))
}
