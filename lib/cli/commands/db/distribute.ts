import { DB_DISTRIBUTE } from '../../../documents/db.js'
import pg from 'pg'
import { BAR_TABLES } from '../../../datasets/datasets.js'
import { distributeBars } from '../../../postgres/citus.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { defineCommand } from '../../framework/command.js'

export const distribute = defineCommand({
  document: DB_DISTRIBUTE,
  usage: 'distribute',
  describe: 'Have Citus spread the bars over its workers; running it again does nothing.',
  examples: [['db distribute', 'bars by security, on the coordinator of a Citus cluster; universe and ledger stay there']],
  flags: {},
  async run(_args, context) {
    const { pool, describe } = await context.database()
    const { distributed, before } = await distributeBars(pool, BAR_TABLES).catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError)) throw error
      throw new UsageError('DISTRIBUTE_FAILED', `the bars in ${describe} could not be distributed: ${error.message} (SQLSTATE ${error.code})`, {
        hint: error.hint ?? 'run it as the tables\' owner, on the coordinator; what was distributed so far stays so, and running it again goes on', cause: error,
      })
    })
    const lines = [...distributed.map((table) => `distributed  ${table}`), ...before.map((table) => `already so   ${table}`)]
    return { exitCode: EXIT.ok, text: () => lines.join('\n'), data: { database: describe, distributed, already: before } }
  },
})
