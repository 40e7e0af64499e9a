import os from 'node:os'
import pg from 'pg'
import type { Logger } from 'pino'
import { UsageError } from '../domain/errors.js'
import { type ParameterName, readConnection } from './connection-settings.js'
import { TYPES } from './database.js'
import { beginSession } from './session.js'
import { SQLSTATE, sqlStateOf } from './sqlstates.js'
import { type Tls, tlsChoices } from './tls.js'

/** Seconds until an attempt to connect is given up. */
const CONNECT_TIMEOUT = 10
/** Most connections of one process: the lanes a load may have, and some for what goes on beside them. */
const MOST_CONNECTIONS = 80
const DEFAULT_PORT = 5432

/** A connection of the caller's and how to call it without its password. */
export interface Target {
  /** Ways to connect, of which the first that works is taken: they differ in TLS. */
  configs: [pg.PoolConfig, ...pg.PoolConfig[]]
  /** `host:port/database as user`. */
  describe: string
  /** The variables that name it. */
  from: string
}

/**
 * A client that lets go of its connection when it cannot log in: node-postgres would keep it, and with it the process, until
 * the server loses patience.
 */
class LettingGo extends pg.Client {
  override connect(): Promise<pg.Client>
  override connect(callback: (error: Error) => void): void
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | void {
    if (!callback) return super.connect()
    super.connect((error: Error | undefined) => {
      // Without a farewell: the server may have closed it already, and would be written to in vain.
      if (error) this.connection.stream.destroy()
      callback(error as Error)
    })
  }
}

/** The database that DATABASE_URL, the PG* or the DB_* variables name; undefined when they name none. */
export function externalTarget(env: NodeJS.ProcessEnv): Target | undefined {
  const named = readConnection(env)
  if (!named) return undefined
  const { settings, from } = named
  const text = (name: ParameterName) => settings[name]?.value
  const whole = (name: ParameterName) => (settings[name] === undefined ? undefined : Number(settings[name].value))
  const host = text('host') ?? 'localhost'
  const port = whole('port') ?? DEFAULT_PORT
  const user = text('user') ?? os.userInfo().username
  const database = text('dbname') ?? user
  const [name, seconds] = [text('application_name'), whole('connect_timeout')]
  const config: pg.PoolConfig = {
    host, port, user, database, password: text('password'), options: text('options'), Client: LettingGo,
    statement_timeout: whole('statement_timeout'), lock_timeout: whole('lock_timeout'), idle_in_transaction_session_timeout: whole('idle_in_transaction_session_timeout'),
    enableChannelBinding: text('channel_binding') === 'prefer',
    // What createPool has defaults for is left out rather than undefined.
    ...(name !== undefined && { application_name: name }), ...(seconds !== undefined && { connectionTimeoutMillis: seconds * 1000 }),
  }
  const withTls = (ssl: Tls): pg.PoolConfig => ({ ...config, ssl, sslnegotiation: ssl !== false && text('sslnegotiation') === 'direct' ? 'direct' : 'postgres' })
  const [first, ...others] = tlsChoices(settings, host.startsWith('/'), env['HOME'])
  return { configs: [withTls(first), ...others.map(withTls)], describe: `${host}:${port}/${database} as ${user}`, from }
}

/**
 * A pool whose connections do not depend on the defaults of server, database and role. Idle ones may be lost without ending the
 * process; the next query on it says what happened.
 */
export function createPool(config: pg.PoolConfig, log: Logger, begin = beginSession): pg.Pool {
  // The pool waits for it, which its types do not say: nobody gets a connection on which it failed.
  const onConnect: (client: pg.ClientBase) => unknown = begin
  const pool = new pg.Pool({
    application_name: 'ohlcv', connectionTimeoutMillis: CONNECT_TIMEOUT * 1000, max: MOST_CONNECTIONS, ...config, types: TYPES, keepAlive: true,
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
      return ['DATABASE_PASSWORD', `the password for ${where} was refused`, 'correct it in DATABASE_URL, PGPASSWORD or DB_PASSWORD']
    case SQLSTATE.invalidAuthorizationSpecification:
      return ['DATABASE_ACCESS', `access to ${where} was refused: ${error.message}`, 'correct the user, have pg_hba.conf of the server allow it or, where that wants TLS, set sslmode=require']
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

/** What would make a TLS connection, or do without. */
function tlsHint({ code = '', message }: Error & { code?: string }): string {
  if (/does not support SSL/.test(message)) return 'the server offers no TLS: sslmode=prefer or disable connects without, and whoever is on the way can read along'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'connect by a name that the certificate has; sslmode=verify-ca, with sslrootcert, does not compare names'
  if (code === 'CERT_HAS_EXPIRED') return 'have the server\'s certificate renewed; sslmode=require encrypts without checking it'
  if (/SELF_SIGNED|UNABLE_TO/.test(code)) {
    return 'name the certificate of the server\'s CA with sslrootcert in DATABASE_URL or PGSSLROOTCERT; sslmode=require without it encrypts and does not check who answers'
  }
  return 'set sslmode, sslrootcert, sslcert and sslkey in DATABASE_URL, or PGSSLMODE and so on, to what the server wants'
}

function isTlsFault({ code, message }: Error & { code?: string }): boolean {
  return /SSL|TLS|CERT|certificate|EPROTO/i.test(`${code} ${message}`)
}

function explainFault(error: Error & { code?: string }, where: string): Explanation {
  if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') {
    return ['DATABASE_UNREACHABLE', `no PostgreSQL answers at ${where}`, 'start it, or correct host and port in DATABASE_URL, PG* or DB_*; without them an embedded one is used']
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return ['DATABASE_UNREACHABLE', `the host of ${where} has no address`, 'correct its name in DATABASE_URL, PGHOST or DB_HOST']
  }
  if (error.code === 'ECONNRESET') {
    return ['DATABASE_UNREACHABLE', `the connection to ${where} was cut`, 'check that a PostgreSQL listens there and, where it demands TLS, set sslmode=require']
  }
  if (/timeout/i.test(error.message) || error.code === 'ETIMEDOUT') {
    return ['DATABASE_UNREACHABLE', `no answer from ${where} in time`, `check host, port and firewall; connect_timeout in DATABASE_URL or PGCONNECT_TIMEOUT sets the time (${CONNECT_TIMEOUT} s if neither does)`]
  }
  if (/password must be a (non-empty )?string/.test(error.message)) {
    return ['DATABASE_PASSWORD', `${where} asks for a password and none is given`, 'set PGPASSWORD or DB_PASSWORD, or put it into DATABASE_URL or ~/.pgpass']
  }
  if (isTlsFault(error)) return ['DATABASE_TLS', `no TLS connection to ${where}: ${error.message}`, tlsHint(error)]
  return ['DATABASE_UNREACHABLE', `no connection to ${where}: ${error.message || error.code}`, 'check host, port, user and TLS settings']
}

/** What a failed attempt to connect means, in one sentence without the password. */
export function connectionError(error: unknown, where: string): UsageError {
  const state = sqlStateOf(error)
  const [code, message, hint] = state === undefined ? explainFault(error as Error, where) : explainState(state, error as Error, where)
  return new UsageError(code, message, { hint, cause: error })
}

/** Whether an attempt to connect may have failed for its TLS, or for its lack of it: then the other way is worth trying. */
export function mayBeTls({ cause }: UsageError): boolean {
  const state = sqlStateOf(cause)
  if (state !== undefined) return state === SQLSTATE.invalidAuthorizationSpecification || state === SQLSTATE.protocolViolation
  return cause instanceof Error && (isTlsFault(cause) || /ECONNRESET|Connection terminated unexpectedly/.test(cause.message))
}
