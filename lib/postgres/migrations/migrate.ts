import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { UsageError } from '../../domain/errors.js'
import { PACKAGE_ROOT } from '../../domain/version.js'
import type { Queryable } from '../database.js'
import { refuseWorker } from '../citus.js'
import { lockMigrations, unlockMigrations } from '../locks.js'
import { OWN_PATH } from '../session.js'
import { SQLSTATE, sqlStateOf } from '../sqlstates.js'

/** One numbered file of schema/. */
export interface Migration {
  version: number
  /** The file's name, for instance `0001_universe.sql`. */
  name: string
  sql: string
  /** SHA-256 of the file, lines ended by LF. */
  sha256: string
}

/** What the database has of the migrations this program knows. */
export interface SchemaState {
  /** The highest version applied; 0 in an empty database. */
  version: number
  pending: Migration[]
  /** Applied migrations whose file says something else now. */
  edited: string[]
  /** Applied migrations this program has no file of. */
  unknown: string[]
}

interface AppliedMigration {
  version: number
  name: string
  sha256: string
}

const FILE = /^(\d{4})_\w+\.sql$/

const BOOKKEEPING = `create table if not exists schema_migrations (
  version integer primary key,
  name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now()
);
comment on table schema_migrations is 'One row a migration applied, with the SHA-256 of its file.';`

const OWN_DATABASE = 'give ohlcv a database of its own, or a schema of its own through the role\'s search_path'
const CONTRIB = 'install PostgreSQL\'s contrib modules on the server, or ask its operator to allow the extension btree_gist'

/** What to do about the ways in which a migration fails in practice, by SQLSTATE. */
const HINTS: Record<string, string> = {
  [SQLSTATE.duplicateTable]: OWN_DATABASE,
  [SQLSTATE.featureNotSupported]: CONTRIB,
  [SQLSTATE.undefinedFile]: CONTRIB,
  [SQLSTATE.insufficientPrivilege]: 'run `ohlcv db up` as the owner of the database, or give them what `ohlcv db up --print` prints',
}

/** The migrations of schema/, in order. */
export function readMigrations(folder = path.join(PACKAGE_ROOT, 'schema')): Migration[] {
  return readdirSync(folder).filter((name) => FILE.test(name)).sort().map((name) => {
    const sql = readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return { version: Number(name.slice(0, 4)), name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
  })
}

/** The rows of schema_migrations; none where the table does not exist yet. */
async function appliedMigrations(db: Queryable): Promise<AppliedMigration[]> {
  try {
    const { rows } = await db.query<AppliedMigration>('select version, name, sha256 from schema_migrations order by version')
    return rows
  } catch (error) {
    const state = sqlStateOf(error)
    if (state === SQLSTATE.undefinedTable) return []
    if (state !== SQLSTATE.undefinedColumn) throw error
    throw new UsageError('SCHEMA_FOREIGN', 'the table schema_migrations of this database belongs to another program', {
      hint: OWN_DATABASE, cause: error,
    })
  }
}

/** Compares what the database has with the migrations. */
export async function schemaState(db: Queryable, migrations = readMigrations()): Promise<SchemaState> {
  const applied = await appliedMigrations(db)
  const byVersion = new Map(applied.map((row) => [row.version, row]))
  const known = new Set(migrations.map(({ version }) => version))
  return {
    version: applied.at(-1)?.version ?? 0,
    pending: migrations.filter(({ version }) => !byVersion.has(version)),
    edited: migrations.filter(({ version, sha256 }) => (byVersion.get(version)?.sha256 ?? sha256) !== sha256).map(({ name }) => name),
    unknown: applied.filter(({ version }) => !known.has(version)).map(({ name }) => name),
  }
}

/**
 * The migrations the database lacks.
 * @throws UsageError when it has one that this program does not know, or one that was edited since, or is a worker of a Citus cluster
 */
export async function pendingMigrations(db: Queryable, migrations = readMigrations()): Promise<Migration[]> {
  const { pending, edited, unknown } = await schemaState(db, migrations)
  if (unknown.length > 0) {
    throw new UsageError('SCHEMA_NEWER', `the database's schema is newer than this version of ohlcv: it has ${unknown.join(', ')}`, {
      hint: 'use the version of ohlcv that made it, or a later one',
    })
  }
  if (edited.length > 0) {
    throw new UsageError('SCHEMA_EDITED', `the database was made by another text of ${edited.join(', ')} than this version of ohlcv has`, {
      hint: 'restore the file; an embedded database without data worth keeping can be made anew: ohlcv db reset --yes',
    })
  }
  if (pending.length === migrations.length) await refuseWorker(db)
  return pending
}

/** What applies one migration: a transaction that first takes its place in schema_migrations, so that it runs once. */
function script({ version, name, sql, sha256 }: Migration): string {
  const values = [String(version), pg.escapeLiteral(name), pg.escapeLiteral(sha256)].join(', ')
  return `begin;\ninsert into schema_migrations (version, name, sha256) values (${values});\n\n${sql.trim()}\n\ncommit;\n`
}

/** The SQL that {@link migrate} runs for these migrations, as one script for `psql -v ON_ERROR_STOP=1 -f`. */
export function migrationSql(migrations = readMigrations()): string {
  return [`select set_config('search_path', ${OWN_PATH}, false);\n`, `${BOOKKEEPING}\n`, ...migrations.map(script)].join('\n')
}

function failed(name: string, error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  const hint = HINTS[error.code ?? ''] ?? error.hint
  const message = `${name} could not be applied: ${error.message} (SQLSTATE ${error.code})`
  return new UsageError('MIGRATION_FAILED', message, hint === undefined ? { cause: error } : { hint, cause: error })
}

/**
 * Applies what the database lacks, each migration in a transaction of its own, and returns their names. Processes that
 * do so at the same time wait for one another; a second one finds nothing to do.
 * @throws UsageError naming the migration that failed, or as {@link pendingMigrations} does
 */
export async function migrate(pool: pg.Pool, migrations = readMigrations()): Promise<string[]> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await lockMigrations(client)
    const pending = await pendingMigrations(client, migrations)
    let current = 'schema_migrations'
    try {
      if (pending.length > 0) await client.query(BOOKKEEPING)
      for (const migration of pending) {
        current = migration.name
        await client.query(script(migration))
      }
    } catch (error) {
      throw failed(current, error)
    }
    await unlockMigrations(client)
    return pending.map(({ name }) => name)
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    // After an error the connection goes, and with it the open transaction and the lock.
    client.release(broken)
  }
}
