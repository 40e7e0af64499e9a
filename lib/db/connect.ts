import os from 'node:os'
import pg from 'pg'
import type { Logger } from 'pino'
import { UsageError } from '../domain/errors.js'
import { TYPES } from './database.js'
import { beginSession } from './session.js'
import { SQLSTATE, sqlStateOf } from './sqlstates.js'

/** Seconds until an attempt to connect is given up. */
const CONNECT_TIMEOUT = 10
/** Most connections of one process: the lanes a load may have, and some for what goes on beside them. */
const MOST_CONNECTIONS = 80
const DOCUMENTED_URL = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE'

/** A connection of the caller's and how to call it without its password. */
export interface Target {
  config: pg.ClientConfig
  /** `host:port/database as user`. */
  describe: string
}

/** The database that DATABASE_URL or the PG* variables name; undefined when they name none. */
export function externalTarget(env: NodeJS.ProcessEnv): Target | undefined {
  const url = env['DATABASE_URL']
  if (url) return urlTarget(url)
  if (!env['PGHOST'] && !env['PGPORT'] && !env['PGDATABASE'] && !env['PGUSER']) return undefined
  const user = env['PGUSER'] || os.userInfo().username
  const config = {
    host: env['PGHOST'] || 'localhost', port: Number(env['PGPORT'] || 5432), user, database: env['PGDATABASE'] || user,
    ...(env['PGPASSWORD'] ? { password: env['PGPASSWORD'] } : {}),
  }
  if (!Number.isInteger(config.port)) throw new UsageError('DATABASE_SETTING', `PGPORT is "${env['PGPORT']}", which is not a port number`)
  return { config, describe: describe(config) }
}

function describe({ host, port, database, user }: { host: string; port: number; database?: string | undefined; user?: string | undefined }): string {
  return `${host}:${port}/${database ?? ''} as ${user ?? ''}`
}

/** No message here shows the URL, for it holds the password. */
function urlTarget(url: string): Target {
  if (!/^(postgres(ql)?|socket):/.test(url)) {
    throw new UsageError('DATABASE_SETTING', 'DATABASE_URL is not the URL of a PostgreSQL database', { hint: `write it as ${DOCUMENTED_URL}` })
  }
  try {
    const client = new pg.Client({ connectionString: url })
    return { config: { connectionString: url }, describe: describe(client) }
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code !== undefined && path !== undefined) throw new UsageError('DATABASE_SETTING', `DATABASE_URL names the file ${path}, which cannot be read (${code})`)
    throw new UsageError('DATABASE_SETTING', 'DATABASE_URL cannot be read as a URL', {
      hint: `write it as ${DOCUMENTED_URL}, special characters of the password as %XX`,
    })
  }
}

/**
 * A pool whose connections do not depend on the defaults of server, database and role. Idle ones may be lost without ending the
 * process; the next query on it says what happened.
 */
export function createPool(config: pg.ClientConfig, log: Logger): pg.Pool {
  // The pool waits for it, which its types do not say: nobody gets a connection on which it failed.
  const onConnect: (client: pg.ClientBase) => unknown = beginSession
  const pool = new pg.Pool({
    ...config, types: TYPES, application_name: 'ohlcv', max: MOST_CONNECTIONS, connectionTimeoutMillis: CONNECT_TIMEOUT * 1000, keepAlive: true,
    onConnect,
  })
  pool.on('error', (error) => log.warn({ error: error.message }, 'an idle database connection was lost'))
  // A connection lost while a load holds it between two queries has no other listener.
  pool.on('connect', (client) => client.on('error', (error) => log.debug({ error: error.message }, 'a database connection was lost')))
  return pool
}

type Explanation = [code: string, message: string, hint: string]

function explainState(state: string, error: Error, where: string): Explanation {
  switch (state) {
    case SQLSTATE.invalidPassword:
      return ['DATABASE_PASSWORD', `the password for ${where} was refused`, 'correct it in DATABASE_URL or PGPASSWORD']
    case SQLSTATE.invalidAuthorizationSpecification:
      return ['DATABASE_ACCESS', `access to ${where} was refused: ${error.message}`, 'correct the user, or have pg_hba.conf of the server allow it']
    case SQLSTATE.invalidCatalogName:
      return ['DATABASE_ABSENT', `there is no such database at ${where}`, 'make it with createdb, or correct the name']
    case SQLSTATE.tooManyConnections:
      return ['DATABASE_FULL', `the server of ${where} has no connection left`, 'try again later, or raise max_connections']
    case SQLSTATE.cannotConnectNow:
      return ['DATABASE_STARTING', `the server of ${where} is starting or stopping`, 'try again in a moment']
    default:
      return ['DATABASE_REFUSED', `${where} takes no connection: ${error.message} (SQLSTATE ${state})`, 'see the server\'s log']
  }
}

function explainFault(error: Error & { code?: string }, where: string): Explanation {
  if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') {
    return ['DATABASE_UNREACHABLE', `no PostgreSQL answers at ${where}`, 'start it, or correct host and port in DATABASE_URL or PG*; without them an embedded one is used']
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return ['DATABASE_UNREACHABLE', `the host of ${where} has no address`, 'correct its name in DATABASE_URL or PGHOST']
  }
  if (error.code === 'ECONNRESET') {
    return ['DATABASE_UNREACHABLE', `the connection to ${where} was cut`, 'check that a PostgreSQL listens there and, where it demands TLS, add sslmode=require']
  }
  if (/timeout/i.test(error.message) || error.code === 'ETIMEDOUT') {
    return ['DATABASE_UNREACHABLE', `no answer from ${where} within ${CONNECT_TIMEOUT} s`, 'check host, port and firewall']
  }
  if (/password must be a (non-empty )?string/.test(error.message)) {
    return ['DATABASE_PASSWORD', `${where} asks for a password and none is given`, 'set PGPASSWORD, or put it into DATABASE_URL or ~/.pgpass']
  }
  if (/SSL|TLS|CERT|certificate/i.test(`${error.code} ${error.message}`)) {
    return ['DATABASE_TLS', `no TLS connection to ${where}: ${error.message}`, 'set sslmode and sslrootcert in DATABASE_URL, or PGSSLMODE, to what the server offers']
  }
  return ['DATABASE_UNREACHABLE', `no connection to ${where}: ${error.message || error.code}`, 'check host, port, user and TLS settings']
}

/** What a failed attempt to connect means, in one sentence without the password. */
export function connectionError(error: unknown, where: string): UsageError {
  const state = sqlStateOf(error)
  const [code, message, hint] = state === undefined ? explainFault(error as Error, where) : explainState(state, error as Error, where)
  return new UsageError(code, message, { hint, cause: error })
}
