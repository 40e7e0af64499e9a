import { messageWithHint, OhlcvError } from '../../domain/errors.js'
import { databaseFailure } from '../../postgres/failures.js'
import { sqlStateOf } from '../../postgres/sqlstates.js'
import type { FetchStatus } from '../../store/fetches/fetches.js'

/** Why nothing of a request or unit is stored. */
export interface UnitFailure {
  status: Extract<FetchStatus, 'failed' | 'rejected'>
  code: string
  message: string
}

/** How a failure of the database, or of what was kept, ends a unit. @throws errors that neither can cause */
export function failureOf(error: unknown): UnitFailure {
  if (error instanceof OhlcvError) return { status: 'failed', code: error.code, message: messageWithHint(error) }
  if (databaseFailure(error) === undefined) throw error
  return { status: 'failed', code: sqlStateOf(error) ?? 'CONNECTION_LOST', message: (error as Error).message }
}
