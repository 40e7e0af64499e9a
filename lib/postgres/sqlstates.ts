import pg from 'pg'

/**
 * The SQLSTATEs this program tells apart, by their names in the manual.
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const SQLSTATE = {
  connectionException: '08000',
  sqlclientUnableToEstablishSqlconnection: '08001',
  connectionDoesNotExist: '08003',
  sqlserverRejectedEstablishmentOfSqlconnection: '08004',
  connectionFailure: '08006',
  protocolViolation: '08P01',
  featureNotSupported: '0A000',
  numericValueOutOfRange: '22003',
  datetimeFieldOverflow: '22008',
  characterNotInRepertoire: '22021',
  uniqueViolation: '23505',
  checkViolation: '23514',
  exclusionViolation: '23P01',
  readOnlySqlTransaction: '25006',
  idleInTransactionSessionTimeout: '25P03',
  invalidAuthorizationSpecification: '28000',
  invalidPassword: '28P01',
  invalidCatalogName: '3D000',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  insufficientPrivilege: '42501',
  undefinedColumn: '42703',
  undefinedTable: '42P01',
  duplicateDatabase: '42P04',
  duplicateTable: '42P07',
  diskFull: '53100',
  outOfMemory: '53200',
  tooManyConnections: '53300',
  configurationLimitExceeded: '53400',
  objectInUse: '55006',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
  databaseDropped: '57P04',
  idleSessionTimeout: '57P05',
  undefinedFile: '58P01',
  raiseException: 'P0001',
} as const

/** The SQLSTATE of an error that the server sent; undefined for every other error. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}
