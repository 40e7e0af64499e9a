import type pg from 'pg'
import type { Logger } from 'pino'
import { UsageError } from '../domain/errors.js'
import { connectionError, createPool, externalTarget, mayBeTls, type Target } from './connect.js'
import type { Database } from './database.js'
import { type EmbeddedServer, openEmbedded } from './embedded/embedded.js'
import { findPlace, hasCluster, homeFolder } from './embedded/place.js'
import { migrate, pendingMigrations } from './migrations/migrate.js'
import { refuseSharedSessions } from './pooler.js'
import { sqlStateOf } from './sqlstates.js'

/** PostgreSQL 14, as server_version_num has it: the oldest that is tried. */
const OLDEST_SERVER = 140_000

export interface OpenOptions {
  env: NodeJS.ProcessEnv
  /** The setting `home`, for the embedded server. */
  home: string | undefined
  /** Whether the embedded database is made where there is none: by commands that put something into it. */
  create: boolean
  log: Logger
  signal: AbortSignal
}

/** A database whose schema may be of any version. */
export interface ConnectedDatabase extends Database {
  /** The embedded server, where it is one. */
  server?: EmbeddedServer
}

/** A UsageError that says that nothing names a database and none was made here. */
export function noDatabase(folder: string): UsageError {
  return new UsageError('DATABASE_NONE', `there is no database yet: none is set, and none has been made in ${folder}`, {
    hint: 'make an embedded one with: ohlcv db up; or name a PostgreSQL of your own with DATABASE_URL',
  })
}

/**
 * Connects to the database the environment names (`DATABASE_URL`, `PG*` or `DB_*`), else to the embedded one, starting it
 * if need be; the schema may be of any version.
 * @throws UsageError when there is none, it cannot be reached, refuses the credentials, or is too old
 */
export async function connectDatabase({ env, home, create, log, signal }: OpenOptions): Promise<ConnectedDatabase> {
  const target = externalTarget(env)
  if (target) return connectExternal(target, log, signal)
  const folder = homeFolder(home, process.cwd())
  if (!create && !hasCluster(findPlace(folder))) throw noDatabase(folder)
  const server = await openEmbedded({ home: folder, log, signal })
  const pool = createPool(server.connection, log)
  const close = async () => {
    await pool.end()
    await server.release()
  }
  return tried({ pool, kind: 'embedded', describe: `the embedded PostgreSQL in ${server.place.base}`, config: server.connection, close, server }, signal, log)
}

/** Connects with TLS or without, whichever the settings want tried first, and the other way when that is no good. */
async function connectExternal({ configs: [config, other], describe }: Target, log: Logger, signal: AbortSignal): Promise<ConnectedDatabase> {
  const attempt = (settings: pg.PoolConfig) => {
    const pool = createPool(settings, log)
    return tried({ pool, kind: 'external', describe, config: settings, close: () => pool.end() }, signal, log)
  }
  try {
    return await attempt(config)
  } catch (error) {
    if (!other || !(error instanceof UsageError) || !mayBeTls(error)) throw error
    return attempt(other).catch((second: unknown) => {
      // What the server itself said tells more than that it has no TLS.
      throw second instanceof UsageError && mayBeTls(second) && sqlStateOf(error.cause) !== undefined ? error : second
    })
  }
}

/** The database, after its first query; closed again when that fails. */
async function tried(database: ConnectedDatabase, signal: AbortSignal, log: Logger): Promise<ConnectedDatabase> {
  try {
    const version = await serverVersion(database.pool).catch((error: unknown) => {
      throw connectionError(error, database.describe)
    })
    signal.throwIfAborted()
    await refuseSharedSessions(database.pool, database.describe, log)
    if (version >= OLDEST_SERVER) return database
    throw new UsageError('DATABASE_OLD', `${database.describe} is PostgreSQL ${Math.floor(version / 10_000)}, and ohlcv needs 14 or later`)
  } catch (error) {
    await database.close()
    throw error
  }
}

async function serverVersion(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ version: number }>(`select current_setting('server_version_num')::integer as version`)
  return rows[0]?.version ?? 0
}

/**
 * Opens the database as {@link connectDatabase} does and sees to its schema: the embedded one is migrated, any other
 * must have this version's.
 * @throws UsageError as connectDatabase, and when the schema is older or newer than this version's
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const database = await connectDatabase(options)
  try {
    if (database.kind === 'embedded') await migrate(database.pool)
    else await requireCurrentSchema(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function requireCurrentSchema({ pool, describe }: Database): Promise<void> {
  const pending = await pendingMigrations(pool)
  if (pending.length === 0) return
  throw new UsageError('SCHEMA_OLD', `the schema of ${describe} lacks ${pending.map(({ name }) => name).join(', ')}`, {
    hint: 'run `ohlcv db up` as its owner, or give them what `ohlcv db up --print` prints',
  })
}
