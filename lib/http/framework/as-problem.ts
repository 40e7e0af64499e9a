import { OhlcvError } from '../../domain/errors.js'
import { databaseFailure } from '../../postgres/failures.js'
import { SQLSTATE, sqlStateOf } from '../../postgres/sqlstates.js'
import { Problem } from './problem.js'

/** Errors of features that are about what was asked, with the status of each; their words name nothing else. All others are told to nobody. */
const ABOUT_THE_QUESTION: Readonly<Partial<Record<string, number>>> = {
  REQUEST_INVALID: 400, CALENDAR_RANGE: 400, DATES_BACKWARDS: 400, DATES_BEYOND_CALENDAR: 400, DATES_IN_FUTURE: 400, FETCH_NO_SESSION: 400, SYMBOLS_AND_TYPE: 400,
  PROVIDER_UNKNOWN: 400, RULE_UNKNOWN: 400, TYPE_UNKNOWN: 400, SYMBOL_UNKNOWN: 404, FINDING_UNKNOWN: 404, RUN_UNKNOWN: 404, JOB_UNKNOWN: 404,
  FINDING_RESOLVED: 409, FINDING_EXPLAINED: 409, FINDING_NOT_EXPLAINED: 409, JOB_EXISTS: 409, JOB_RUNNING: 409, JOB_OTHER_KIND: 409,
}

/** What an error is told as: by its own words where it is about what was asked, else only that something failed, and whether that is the database. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const status = error instanceof OhlcvError ? ABOUT_THE_QUESTION[error.code] : undefined
  if (error instanceof OhlcvError && status !== undefined) return new Problem(status, error.code, error.message)
  if (sqlStateOf(error) === SQLSTATE.queryCanceled) return new Problem(503, 'TOO_SLOW', 'the answer took too long to make; ask for less, or later', { 'retry-after': '5' })
  if (sqlStateOf(error) !== undefined || databaseFailure(error) !== undefined) return new Problem(503, 'DATABASE_UNAVAILABLE', 'the database does not answer; try again', { 'retry-after': '5' })
  return new Problem(500, 'INTERNAL', 'the service failed; its log has more')
}
