import { externalTarget } from '../db/connect.js'
import { removeEmbedded } from '../db/embedded-control.js'
import { findPlace, hasCluster } from '../db/embedded-place.js'
import { migrate } from '../db/migrate.js'
import { noDatabase } from '../db/open.js'
import { dropSchema } from '../db/schema-objects.js'
import { sqlStateOf } from '../db/sqlstates.js'
import { UsageError } from '../domain/errors.js'
import { EXIT } from '../domain/outcome.js'
import { type Context, defineCommand, type Result } from './shared/command.js'
import { embeddedOptions, withDatabase } from './shared/database-options.js'

const LOST = 'every bar, the universe and the ledger are lost'

async function resetEmbedded(yes: boolean, context: Context): Promise<Result> {
  const options = embeddedOptions(context, 'ohlcv db reset --yes')
  const place = findPlace(options.home)
  if (!hasCluster(place)) throw noDatabase(options.home)
  if (!yes) {
    throw new UsageError('RESET_UNCONFIRMED', `this removes ${place.data}, the files of the embedded database: ${LOST}`, { hint: 'if that is meant: ohlcv db reset --yes' })
  }
  await removeEmbedded(options)
  return withDatabase(context, async ({ pool }) => {
    const applied = await migrate(pool)
    const both = place.base === place.home ? '' : ` and ${place.home}`
    return {
      exitCode: EXIT.ok,
      text: `${place.data} was removed and made anew: an empty embedded database.\nTo be rid of it altogether remove ${place.base}${both}.`,
      json: { database: `the embedded PostgreSQL in ${place.base}`, removed: place.data, applied },
    }
  }, true)
}

function resetExternal(name: string | undefined, context: Context): Promise<Result> {
  return withDatabase(context, async ({ pool, describe }) => {
    const { rows: [current] } = await pool.query<{ name: string }>('select current_database() as name')
    if (name === undefined || name !== current?.name) {
      throw new UsageError('RESET_UNCONFIRMED', `this drops ohlcv's tables in ${describe}: ${LOST}`, {
        hint: `if that is meant: ohlcv db reset --database ${current?.name}`,
      })
    }
    try {
      await dropSchema(pool)
    } catch (error) {
      if (sqlStateOf(error) === undefined) throw error
      throw new UsageError('RESET_FAILED', `nothing was dropped in ${describe}: ${(error as Error).message}`, {
        hint: 'run it as the tables\' owner, with nothing else using or built on them', cause: error,
      })
    }
    const applied = await migrate(pool)
    return { exitCode: EXIT.ok, text: `The tables of ohlcv in ${describe} were dropped and made anew, empty.`, json: { database: describe, applied } }
  })
}

export const reset = defineCommand({
  usage: 'reset',
  describe: 'Remove everything that is stored and begin anew: the files of the embedded database, or ohlcv\'s tables in another.',
  examples: [
    ['db reset --yes', 'the embedded database'],
    ['db reset --database market', 'ohlcv\'s tables, and nothing else, in the database "market" of DATABASE_URL, PG* or DB_*'],
  ],
  flags: {
    yes: { type: 'boolean', default: false, describe: 'yes, remove the embedded database' },
    database: { type: 'string', requiresArg: true, describe: 'the name of a database that is not embedded, to say that it is meant' },
  },
  run: ({ yes, database }, context) => (externalTarget(context.env) ? resetExternal(database, context) : resetEmbedded(yes, context)),
})
