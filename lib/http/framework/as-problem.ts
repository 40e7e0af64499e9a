import { OhlcvError } from '../../domain/errors.js'
import { databaseFailure } from '../../postgres/failures.js'
import { SQLSTATE, sqlStateOf } from '../../postgres/sqlstates.js'
import { Problem } from './problem.js'

/** Errors of features that are about what was asked, with the status of each; their words name nothing else. All others are told to nobody. */
const ABOUT_THE_QUESTION: Readonly<Partial<Record<string, number>>> = {
  REQUEST_INVALID: 400, CALENDAR_RANGE: 400, DATES_BACKWARDS: 400, DATES_BEYOND_CALENDAR: 400, DATES_IN_FUTURE: 400, FETCH_NO_SESSION: 400, SYMBOLS_AND_TYPE: 400,
  PROVIDER_UNKNOWN: 400, RULE_UNKNOWN: 400, TYPE_UNKNOWN: 400, SYMBOL_UNKNOWN: 404, FINDING_UNKNOWN: 404, ALERT_UNKNOWN: 404, RUN_UNKNOWN: 404, JOB_UNKNOWN: 404,
  FINDING_RESOLVED: 409, FINDING_EXPLAINED: 409, FINDING_NOT_EXPLAINED: 409, JOB_EXISTS: 409, JOB_RUNNING: 409, JOB_OTHER_KIND: 409,
}

/** What the framework refuses before a route is asked, by status. */
const REFUSED: Readonly<Partial<Record<number, [string, string]>>> = {
  400: ['REQUEST_MALFORMED', 'the request cannot be read: its address or its body is damaged'],
  413: ['BODY_TOO_LARGE', 'the body is too long'],
  414: ['URL_TOO_LONG', 'the address is too long'],
  415: ['MEDIA_TYPE', 'the body must be JSON: Content-Type: application/json'],
}

/** Values that a column cannot have: of a text, a number or a time that was asked for. */
const NO_VALUE: ReadonlySet<string | undefined> = new Set([SQLSTATE.numericValueOutOfRange, SQLSTATE.datetimeFieldOverflow, SQLSTATE.characterNotInRepertoire])

/** Errors of the server that are not about its state, but about a statement: a defect of this program. */
const isDefect = (state: string): boolean => /^(0A|2[12]|42)/.test(state) && state !== SQLSTATE.insufficientPrivilege && state !== SQLSTATE.undefinedTable && state !== SQLSTATE.undefinedColumn

/** What an error of the framework is told as; undefined for any other. */
function refused(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '', statusCode } = error as { code?: unknown; statusCode?: number }
  const [name, detail] = REFUSED[statusCode ?? 0] ?? []
  const isFramework = (typeof code === 'string' && code.startsWith('FST_')) || error instanceof SyntaxError
  return statusCode !== undefined && name !== undefined && detail !== undefined && isFramework ? new Problem(statusCode, name, detail) : undefined
}

/** What an error is told as: by its own words where it is about what was asked, else only that something failed, and whether that is the database. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const status = error instanceof OhlcvError ? ABOUT_THE_QUESTION[error.code] : undefined
  if (error instanceof OhlcvError && status !== undefined) return new Problem(status, error.code, error.message)
  const state = sqlStateOf(error)
  if (state === SQLSTATE.queryCanceled) return new Problem(503, 'TOO_SLOW', 'the answer took too long to make; ask for less, or later', { 'retry-after': '5' })
  if (NO_VALUE.has(state)) return new Problem(400, 'REQUEST_INVALID', 'a value is beyond any that there is')
  if (state === undefined ? databaseFailure(error) !== undefined : !isDefect(state)) return new Problem(503, 'DATABASE_UNAVAILABLE', 'the database does not answer; try again', { 'retry-after': '5' })
  return refused(error) ?? new Problem(500, 'INTERNAL', 'the service failed; its log has more')
}
