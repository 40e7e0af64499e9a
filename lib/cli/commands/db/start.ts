import { DB_START } from '../../../documents/db.js'
import { keepRunning } from '../../../postgres/embedded/control.js'
import { EXIT } from '../../framework/exit.js'
import { defineCommand, type Result } from '../../framework/command.js'
import { embeddedOptions } from '../../framework/database-options.js'

export const start = defineCommand({
  document: DB_START,
  usage: 'start',
  describe: 'Start the embedded PostgreSQL and leave it running, for tools of your own or to save its start at each command.',
  examples: [['db start', 'until `ohlcv db stop`; `ohlcv db info` says how to connect']],
  flags: {},
  async run(_args, context): Promise<Result<typeof DB_START>> {
    const { base } = await keepRunning(embeddedOptions(context, 'ohlcv db start'))
    return {
      exitCode: EXIT.ok,
      text: () => `The embedded PostgreSQL in ${base} runs until: ohlcv db stop\nHow to connect to it: ohlcv db info`,
      data: { folder: base, running: true },
    }
  },
})
