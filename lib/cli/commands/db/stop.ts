import { DB_STOP } from '../../../documents/db.js'
import { stopEmbedded } from '../../../postgres/embedded/control.js'
import { EXIT } from '../../framework/exit.js'
import { defineCommand } from '../../framework/command.js'
import { embeddedOptions } from '../../framework/database-options.js'

const SAID = {
  stopped: 'The embedded PostgreSQL is stopped.',
  not_running: 'The embedded PostgreSQL was not running.',
  in_use: 'Another command uses the embedded PostgreSQL; the last one that does will stop it.',
}

export const stop = defineCommand({
  document: DB_STOP,
  usage: 'stop',
  describe: 'Stop the embedded PostgreSQL that `ohlcv db start` left running.',
  examples: [['db stop', 'at once, or, while other commands use it, when the last of them ends']],
  flags: {},
  async run(_args, context) {
    const ended = await stopEmbedded(embeddedOptions(context, 'ohlcv db stop'))
    return { exitCode: EXIT.ok, text: () => SAID[ended], data: { state: ended } }
  },
})
