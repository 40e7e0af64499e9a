import { once } from 'node:events'
import { SERVE } from '../../../documents/serve.js'
import { FileBars } from '../../../features/freshness/file-bars.js'
import { tokensOf } from '../../../http/framework/access.js'
import { keptCalendar, LIMITS, type Site } from '../../../http/framework/site.js'
import { databaseVersion } from '../../../http/framework/version.js'
import { createService } from '../../../http/service.js'
import { createReaders } from '../../../postgres/readers.js'
import { defineCommand, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { SETTINGS } from '../../framework/settings.js'
import { openDemo, type Demo } from './demo.js'
import { listen } from './listen.js'
import { actingEnvironment, startAction } from './start-action.js'
import { checkVendors } from './vendor-checks.js'

/** Seconds that requests which are under way have to end in, and milliseconds between two looks whether they have. */
const GRACE = 10
const LOOK = 50
/** Connections of its own that the service has to see whether the database answers. */
const PULSE = 2

/** Ends a service: nobody new is let in, and what is under way ends. */
async function end(service: ReturnType<typeof createService>): Promise<void> {
  const late = setTimeout(() => service.server.closeAllConnections(), GRACE * 1000)
  // A connection whose request ends now would else be kept for the next one, which nobody may send any more.
  const looks = setInterval(() => service.server.closeIdleConnections(), LOOK)
  await service.close()
  clearTimeout(late)
  clearInterval(looks)
}

/** What the service works in. */
function siteOf({ pool, pulse }: Pick<Site, 'pool' | 'pulse'>, context: Context, demo: Demo | undefined): Site {
  const { env, log, now, settings } = context
  const { publishedAt, missingAfter, staleAfter, thinBelow, watch, rateLimit, trustProxy } = settings
  return {
    pool, pulse, version: databaseVersion(pulse, now, LIMITS.versionAge), log, now, staleAfter, thinBelow, watch, demo: demo !== undefined, fileBars: new FileBars(), calendar: keptCalendar(pool), publication: { publishedAt, missingAfter },
    tokens: tokensOf({ reader: env['OHLCV_READER_TOKEN'], admin: env['OHLCV_ADMIN_TOKEN'] }),
    limits: { ...LIMITS, perMinute: rateLimit }, trustProxy: trustProxy ?? false,
    act: startAction(context, demo?.adopt),
  }
}

export const serve = defineCommand({
  document: SERVE,
  ...NAMES.serve,
  examples: [
    ['serve', `the status page and the API at http://127.0.0.1:${SETTINGS.port.fallback}`],
    ['serve --demo', 'the same of a database that is made up and goes when this ends, to see what it is like'],
    ['serve --host 0.0.0.0 --trust-proxy loopback', 'to be had from other machines, behind a proxy on this one'],
  ],
  flags: { demo: { type: 'boolean', default: false, describe: 'show made-up data of the last sessions, in a database of its own that goes at the end' } },
  settings: ['port', 'host', 'rateLimit', 'trustProxy', 'staleAfter', 'watch', 'vendorsEvery', 'publishedAt', 'missingAfter', 'thinBelow'],
  async run({ demo }, given) {
    const made = demo ? await openDemo(given) : undefined
    const context = made?.context ?? given
    const { log, signal, settings } = context
    const { config } = await context.database()
    const pools = { pool: createReaders(config, log), pulse: createReaders(config, log, PULSE) }
    try {
      const service = createService(siteOf(pools, context, made))
      let requests = 0
      service.addHook('onResponse', async () => void requests++)
      const url = await listen(service, settings)
      const checking = checkVendors({ every: demo ? 0 : settings.vendorsEvery, env: actingEnvironment(context), log, signal })
      if (!signal.aborted) await once(signal, 'abort')
      await Promise.all([end(service), checking])
      return { exitCode: EXIT.ok, data: { url, requests }, text: () => `Served ${url}` }
    } finally {
      await Promise.all([pools.pool.end(), pools.pulse.end()])
      await made?.close()
    }
  },
})
