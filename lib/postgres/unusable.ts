import { UsageError } from '../domain/errors.js'
import { databaseFailure } from './failures.js'
import { SQLSTATE, sqlStateOf } from './sqlstates.js'

/** What to do about a database that is there and yet cannot be used, by SQLSTATE. */
const HINTS: Partial<Record<string, string>> = {
  [SQLSTATE.readOnlySqlTransaction]: 'name the primary server and not a standby, or set default_transaction_read_only to off',
  [SQLSTATE.insufficientPrivilege]: 'make this role a member of ohlcv_loader or ohlcv_reader, see docs/RELIABILITY.md',
  [SQLSTATE.diskFull]: 'make room on the server\'s disk',
}

/** An error that says so where the database went away, is read-only or full, or refuses this role; undefined for others. */
export function unusableDatabase(error: unknown): UsageError | undefined {
  const hint = HINTS[sqlStateOf(error) ?? ''] ?? (databaseFailure(error) === 'session' ? 'see the server\'s log, then run the command again' : undefined)
  return hint === undefined ? undefined : new UsageError('DATABASE_UNUSABLE', `the database cannot be used: ${(error as Error).message}`, { hint, cause: error })
}
