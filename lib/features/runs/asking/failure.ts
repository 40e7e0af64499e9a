import { messageWithHint, OhlcvError } from '../../../domain/errors.js'
import { databaseFailure } from '../../../postgres/failures.js'
import { sqlStateOf } from '../../../postgres/sqlstates.js'

/** Why nothing of what was asked is stored: no answer, or one that was refused. */
export interface Failure {
  status: 'failed' | 'rejected'
  code: string
  message: string
}

/** What a failure of the database, or of what was kept, comes to. @throws errors that neither can cause */
export function failureOf(error: unknown): Failure {
  if (error instanceof OhlcvError) return { status: 'failed', code: error.code, message: messageWithHint(error) }
  if (databaseFailure(error) === undefined) throw error
  return { status: 'failed', code: sqlStateOf(error) ?? 'CONNECTION_LOST', message: (error as Error).message }
}
