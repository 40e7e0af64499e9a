import { externalTarget } from '../../postgres/connect.js'
import type { EmbeddedOptions } from '../../postgres/embedded/embedded.js'
import { homeFolder } from '../../postgres/embedded/place.js'
import { type ConnectedDatabase, connectDatabase, type OpenOptions } from '../../postgres/open.js'
import { UsageError } from '../../domain/errors.js'
import type { Context } from './command.js'

export function openOptions({ env, settings, log, signal }: Context, create = false): OpenOptions {
  return { env, home: settings.home, create, log, signal }
}

/** What the embedded server's own commands work on; they leave every other server alone. @throws UsageError */
export function embeddedOptions(context: Context, command: string): EmbeddedOptions {
  const { env, settings, log, signal } = context
  const target = externalTarget(env)
  if (target) {
    throw new UsageError('DATABASE_EXTERNAL', `\`${command}\` is for the embedded PostgreSQL, and ${target.describe} is set`, {
      hint: `unset ${target.from}, also in .env, to work with the embedded one`,
    })
  }
  return { home: homeFolder(settings.home, process.cwd()), log, signal }
}

/** Uses the database, whatever its schema, and closes it; with `create` an embedded one is made where there is none. */
export async function withDatabase<T>(context: Context, use: (database: ConnectedDatabase) => Promise<T>, create = false): Promise<T> {
  const database = await connectDatabase(openOptions(context, create))
  try {
    return await use(database)
  } finally {
    await database.close()
  }
}
