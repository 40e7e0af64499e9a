import { once } from 'node:events'
import { SERVE } from '../../../documents/serve.js'
import { tokensOf } from '../../../http/framework/access.js'
import { keptCalendar, LIMITS } from '../../../http/framework/site.js'
import { FileBars } from '../../../features/freshness/file-bars.js'
import { createService } from '../../../http/service.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'

const DEFAULT_PORT = 8080

export const serve = defineCommand({
  document: SERVE,
  ...NAMES.serve,
  examples: [['serve', `the status page and the API at http://127.0.0.1:${DEFAULT_PORT}`]],
  flags: {
    port: { type: 'number', requiresArg: true, default: DEFAULT_PORT, describe: 'port to listen at; 0: any that is free' },
    host: { type: 'string', requiresArg: true, default: '127.0.0.1', describe: 'address to listen at' },
  },
  settings: ['staleAfter', 'watch'],
  async run({ port, host }, context) {
    const { pool } = await context.database()
    const { env, log, now, signal } = context
    const { publishedAt, missingAfter, staleAfter, thinBelow, watch } = context.settings
    const service = createService({
      pool, log, now, staleAfter, thinBelow, watch, fileBars: new FileBars(), calendar: keptCalendar(pool), publication: { publishedAt, missingAfter },
      tokens: tokensOf({ reader: env['OHLCV_READER_TOKEN'], admin: env['OHLCV_ADMIN_TOKEN'] }), limits: LIMITS, trustProxy: false,
      async act() {
        throw new Error('nothing can be done here yet')
      },
    })
    let requests = 0
    service.addHook('onResponse', async () => void requests++)
    const url = await service.listen({ port, host })
    if (!signal.aborted) await once(signal, 'abort')
    await service.close()
    return { exitCode: EXIT.ok, data: { url, requests }, text: () => `Served ${url}` }
  },
})
