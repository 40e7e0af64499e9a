import type pg from 'pg'
import type { Logger } from 'pino'
import { UsageError } from '../domain/errors.js'
import { connectionError, createPool, externalTarget } from './connect.js'
import type { Database } from './database.js'
import { type EmbeddedServer, openEmbedded } from './embedded.js'
import { homeFolder } from './embedded-place.js'
import { migrate, pendingMigrations } from './migrate.js'
import { refuseSharedSessions } from './pooler.js'

/** PostgreSQL 14, as server_version_num has it: the oldest that is tried. */
const OLDEST_SERVER = 140_000

export interface OpenOptions {
  env: NodeJS.ProcessEnv
  /** The setting `home`, for the embedded server. */
  home: string | undefined
  log: Logger
  signal: AbortSignal
}

/** A database whose schema may be of any version. */
export interface ConnectedDatabase extends Database {
  /** The embedded server, where it is one. */
  server?: EmbeddedServer
}

/**
 * Connects to the database the environment names (`DATABASE_URL` or `PG*`), else to the embedded one, starting it if
 * need be; the schema may be of any version.
 * @throws UsageError when it cannot be reached, refuses the credentials, or is too old
 */
export async function connectDatabase({ env, home, log, signal }: OpenOptions): Promise<ConnectedDatabase> {
  const target = externalTarget(env)
  if (target) {
    const pool = createPool(target.config, log)
    return tried({ pool, kind: 'external', describe: target.describe, close: () => pool.end() }, signal, log)
  }
  const server = await openEmbedded({ home: homeFolder(home, process.cwd()), log, signal })
  const pool = createPool(server.connection, log)
  const close = async () => {
    await pool.end()
    await server.release()
  }
  return tried({ pool, kind: 'embedded', describe: `the embedded PostgreSQL in ${server.place.base}`, close, server }, signal, log)
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
