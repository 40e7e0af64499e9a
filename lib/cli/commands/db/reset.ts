import { DB_RESET } from '../../../documents/db.js'
import pg from 'pg'
import { externalTarget } from '../../../postgres/connect.js'
import { removeEmbedded } from '../../../postgres/embedded/control.js'
import { findPlace, hasCluster } from '../../../postgres/embedded/place.js'
import { migrate } from '../../../postgres/migrations/migrate.js'
import { noDatabase } from '../../../postgres/open.js'
import { dropSchema, takeInventory, type SchemaObject } from '../../../postgres/migrations/reset-schema.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { type Context, defineCommand, type Result } from '../../framework/command.js'
import { embeddedOptions, withDatabase } from '../../framework/database-options.js'

const LOST = 'every bar, the universe and the ledger are lost'

/** For instance `tables public.days, public.lineage; function public.ohlcv_day_start(date)`. */
function listed(objects: readonly SchemaObject[]): string {
  const names = new Map<string, string[]>()
  for (const { kind, name } of objects) names.set(kind, [...(names.get(kind) ?? []), name])
  return [...names].map(([kind, all]) => `${kind}${all.length > 1 ? 's' : ''} ${all.toSorted().join(', ')}`).join('; ')
}

async function resetEmbedded(yes: boolean, context: Context): Promise<Result<typeof DB_RESET>> {
  const options = embeddedOptions(context, 'ohlcv db reset --yes')
  const place = findPlace(options.home)
  if (!hasCluster(place)) throw noDatabase(options.home)
  if (!yes) {
    throw new UsageError('RESET_UNCONFIRMED', `this removes ${place.data}, the files of the embedded database with everything in it, tables of your own too: ${LOST}`, { hint: 'if that is meant: ohlcv db reset --yes' })
  }
  await removeEmbedded(options)
  return withDatabase(context, async ({ pool }) => {
    const applied = await migrate(pool)
    const both = place.base === place.home ? '' : ` and ${place.home}`
    return {
      exitCode: EXIT.ok,
      text: () => `${place.data} was removed and made anew: an empty embedded database.\nTo be rid of it altogether remove ${place.base}${both}.`,
      data: { database: `the embedded PostgreSQL in ${place.base}`, removed: place.data, applied },
    }
  }, true)
}

function resetExternal(name: string | undefined, context: Context): Promise<Result<typeof DB_RESET>> {
  return withDatabase(context, async ({ pool, describe }) => {
    const { rows: [current] } = await pool.query<{ name: string }>('select current_database() as name')
    if (name === undefined || name !== current?.name) {
      const { ours, others } = await takeInventory(pool)
      const left = others.length === 0 ? '' : `; left alone: ${listed(others)}`
      throw new UsageError('RESET_UNCONFIRMED', `this drops in ${describe} ${listed(ours)}: ${LOST}${left}`, {
        hint: `if that is meant: ohlcv db reset --database ${current?.name}`,
      })
    }
    const { ours, others } = await dropSchema(pool).catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError)) throw error
      const detail = error.detail === undefined ? '' : ` (${error.detail.replaceAll('\n', '; ')})`
      throw new UsageError('RESET_FAILED', `nothing was dropped in ${describe}: ${error.message}${detail}`, {
        hint: 'run it as the tables\' owner, with nothing else using or built on them', cause: error,
      })
    })
    const applied = await migrate(pool).catch((error: unknown) => {
      if (!(error instanceof UsageError)) throw error
      throw new UsageError(error.code, `what ohlcv made in ${describe} was dropped and could not be made anew: ${error.message}`, {
        ...(error.hint !== undefined && { hint: error.hint }), cause: error,
      })
    })
    const left = others.length === 0 ? '' : `\nLeft alone: ${listed(others)}.`
    return {
      exitCode: EXIT.ok,
      text: () => `What ohlcv made in ${describe} was dropped and made anew, empty.${left}`,
      data: { database: describe, applied, dropped: ours, left_alone: others },
    }
  })
}

export const reset = defineCommand({
  document: DB_RESET,
  usage: 'reset',
  describe: 'Remove everything that is stored and begin anew: the files of the embedded database, or ohlcv\'s tables in another.',
  examples: [
    ['db reset --yes', 'the embedded database'],
    ['db reset --database market', 'what ohlcv made, and nothing else, in the database "market" of DATABASE_URL, PG* or DB_*'],
  ],
  flags: {
    yes: { type: 'boolean', default: false, describe: 'yes, remove the embedded database' },
    database: { type: 'string', requiresArg: true, describe: 'the name of a database that is not embedded, to say that it is meant' },
  },
  run: ({ yes, database }, context) => (externalTarget(context.env) ? resetExternal(database, context) : resetEmbedded(yes, context)),
})
