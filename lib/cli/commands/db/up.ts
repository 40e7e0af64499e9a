import { DB_UP } from '../../../documents/db.js'
import { migrate, migrationSql, pendingMigrations } from '../../../postgres/migrations/migrate.js'
import { EXIT } from '../../framework/exit.js'
import { defineCommand, type Result } from '../../framework/command.js'
import { withDatabase } from '../../framework/database-options.js'

export const up = defineCommand({
  document: DB_UP,
  usage: 'up',
  describe: 'Bring the schema to this version\'s; running it again does nothing.',
  examples: [
    ['db up', 'apply the migrations the database lacks'],
    ['db up --print > up.sql', 'print them instead, for a person to run: psql -v ON_ERROR_STOP=1 -f up.sql'],
  ],
  flags: { print: { type: 'boolean', default: false, describe: 'print the SQL that would run, and run nothing' } },
  run: ({ print }, context) => withDatabase(context, async ({ pool, describe }): Promise<Result<typeof DB_UP>> => {
    if (print) {
      const pending = await pendingMigrations(pool)
      const sql = pending.length === 0 ? '-- Nothing to do: the schema is current.' : migrationSql(pending).trimEnd()
      return { exitCode: EXIT.ok, text: () => sql, data: { database: describe, pending: pending.map(({ name }) => name), sql } }
    }
    const applied = await migrate(pool)
    const done = applied.map((name) => `applied  ${name}`)
    const text = applied.length === 0 ? `The schema of ${describe} is current.` : `${done.join('\n')}\n\nThe schema of ${describe} is current now.`
    return { exitCode: EXIT.ok, text: () => text, data: { database: describe, applied } }
  }, true),
})
