import { once } from 'node:events'
import { SERVE } from '../../../documents/serve.js'
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
  async run({ port, host }, context) {
    const { pool } = await context.database()
    const { log, now, signal } = context
    const service = createService({ pool, log, now })
    let requests = 0
    service.addHook('onResponse', async () => void requests++)
    const url = await service.listen({ port, host })
    if (!signal.aborted) await once(signal, 'abort')
    await service.close()
    return { exitCode: EXIT.ok, data: { url, requests }, text: () => `Served ${url}` }
  },
})
