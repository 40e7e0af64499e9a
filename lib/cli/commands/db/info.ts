import { DB_INFO } from '../../../documents/db.js'
import { existsSync } from 'node:fs'
import { externalTarget } from '../../../postgres/connect.js'
import { describeSchema } from '../../../postgres/migrations/describe-schema.js'
import { findPlace, hasCluster, SYSTEM_FOLDER } from '../../../postgres/embedded/place.js'
import { schemaState } from '../../../postgres/migrations/migrate.js'
import type { ConnectedDatabase } from '../../../postgres/open.js'
import { BAR_TABLES } from '../../../datasets/datasets.js'
import { tableSizes, type TableSize } from '../../../postgres/migrations/table-sizes.js'
import { EXIT } from '../../framework/exit.js'
import { fileSize } from '../../terminal/bytes.js'
import { type Context, defineCommand, type Result } from '../../framework/command.js'
import { embeddedOptions, withDatabase } from '../../framework/database-options.js'
import { figure } from '../../../documents/figures.js'
import { table } from '../../terminal/table.js'

/** Tables that are too large to count. */
const UNCOUNTED = [...BAR_TABLES, 'provider_bars']

interface Server {
  version: string
  bytes: number
}

async function readServer({ pool }: ConnectedDatabase): Promise<Server> {
  const { rows } = await pool.query<Server>(`
    select current_setting('server_version') as version, pg_database_size(current_database()) as bytes`)
  return rows[0] as Server
}

/** A shell word that names exactly this. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll('\'', `'\\''`)}'`
}

function tableText(sizes: TableSize[]): string {
  const columns = [{ title: 'table' }, { title: 'rows', align: 'right' as const }, { title: 'size', align: 'right' as const }]
  return table(columns, sizes.map(({ name, rows, estimated, bytes }) => [name, `${estimated ? '~' : ''}${figure(rows)}`, fileSize(bytes)]))
}

function nothingYet(context: Context): Result<typeof DB_INFO> | undefined {
  if (externalTarget(context.env)) return undefined
  const place = findPlace(embeddedOptions(context, 'ohlcv db info').home)
  if (hasCluster(place)) return undefined
  const elsewhere = place.user ? `\n(below ${SYSTEM_FOLDER} if ${place.user.name}, whom PostgreSQL runs as for root, cannot enter that folder)` : ''
  return {
    exitCode: EXIT.ok,
    text: () => `There is no database yet. One would be made in ${place.base} by: ohlcv db up${elsewhere}\nA PostgreSQL of your own is used when DATABASE_URL names it.`,
    data: { kind: 'embedded', exists: false, folder: place.base },
  }
}

/** How psql is called for the database. */
function psqlLine({ server }: ConnectedDatabase, env: NodeJS.ProcessEnv): string {
  if (env['DATABASE_URL'] && !server) return 'psql "$DATABASE_URL"'
  const { host, port, user, database } = server?.connection ?? externalTarget(env)?.configs[0] ?? {}
  return ['psql', '-h', host, ...(server ? [] : ['-p', port]), '-U', user, database].map((word) => quoted(String(word))).join(' ')
}

async function show(database: ConnectedDatabase, env: NodeJS.ProcessEnv): Promise<Result<typeof DB_INFO>> {
  const { pool, kind, describe, server } = database
  const { version, bytes } = await readServer(database)
  const schema = await schemaState(pool)
  const sizes = await tableSizes(pool, UNCOUNTED)
  const kept = server !== undefined && existsSync(server.place.keepRunning)
  const psql = psqlLine(database, env)
  const from = externalTarget(env)?.from
  const state = schema.pending.length === 0 ? 'current' : `lacks ${schema.pending.map(({ name }) => name).join(', ')}: ohlcv db up`
  const lines = [
    `database    ${describe}`,
    ...(from === undefined ? [] : [`named by    ${from}`]),
    `server      PostgreSQL ${version}`,
    `schema      version ${schema.version}, ${state}`,
    `size        ${fileSize(bytes)}`,
    ...(server ? [`running     ${kept ? 'until: ohlcv db stop' : 'while a command uses it; ohlcv db start keeps it running'}`] : []),
    ...(server?.place.user ? [`runs as     ${server.place.user.name}, since PostgreSQL does not run as root`] : []),
    ...(server ? [`files       ${server.place.base}`] : []),
    ...(server && server.place.base !== server.place.home ? [`            not in ${server.place.home}, where the server's user cannot go: they stay when that folder is removed`] : []),
    `connect     ${psql}`,
  ]
  return {
    exitCode: EXIT.ok,
    text: () => [...lines, ...(sizes.length === 0 ? [] : ['', tableText(sizes)])].join('\n'),
    data: {
      kind, exists: true, database: describe, server_version: version, size_bytes: bytes, named_by: from ?? null, folder: server?.place.base ?? null, home: server?.place.home ?? null, kept_running: server ? kept : null,
      schema_version: schema.version, pending: schema.pending.map(({ name }) => name), edited: schema.edited, unknown: schema.unknown, connect: psql,
      tables: sizes.map(({ name, rows, estimated, bytes }) => ({ name, rows, estimated, bytes })),
    },
  }
}

export const info = defineCommand({
  document: DB_INFO,
  usage: 'info',
  describe: 'Show which database is used, its version, schema, size and tables, and how to connect to it.',
  examples: [['db info', 'where the bars are'], ['db info --schema', 'every table, column, constraint, index and function']],
  flags: { schema: { type: 'boolean', default: false, describe: 'describe the schema as it is in the database' } },
  async run({ schema }, context) {
    const none = nothingYet(context)
    if (none) return none
    if (!schema) return withDatabase(context, (database) => show(database, context.env))
    const text = await withDatabase(context, ({ pool }) => describeSchema(pool))
    return { exitCode: EXIT.ok, text: () => text, data: { schema_text: text } }
  },
})
