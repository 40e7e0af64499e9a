import { once } from 'node:events'
import { SERVE } from '../../../documents/serve.js'
import { tokensOf } from '../../../http/framework/access.js'
import { keptCalendar, LIMITS, type Site } from '../../../http/framework/site.js'
import { databaseVersion } from '../../../http/framework/version.js'
import { createService } from '../../../http/service.js'
import { keepSummary, warmUp } from '../../../http/warm-up.js'
import { createReaders } from '../../../postgres/readers.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { defineCommand, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { SETTINGS } from '../../framework/settings.js'
import { openDemo, type Demo } from './demo.js'
import { everyMinutes } from './every.js'
import { listen } from './listen.js'
import { actingEnvironment, startAction } from './start-action.js'

/** Seconds that requests which are under way have to end in, and milliseconds between two looks whether they have. */
const GRACE = 10
const LOOK = 50
/** Connections that the service has: for answers, for those that look at many bars, and to see whether the database answers. */
const POOLS = { pool: 6, details: 4, pulse: 2 } as const

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
function siteOf(pools: Pick<Site, keyof typeof POOLS>, context: Context, demo: Demo | undefined): Site {
  const { env, log, now, settings } = context
  const { publishedAt, missingAfter, staleAfter, thinBelow, watch, rateLimit, trustProxy, providers } = settings
  const version = databaseVersion(pools.pulse, now, LIMITS.versionAge)
  return {
    ...pools, version, log, now, staleAfter, thinBelow, watch, demo: demo !== undefined, calendar: keptCalendar(pools.pool, version), publication: { publishedAt, missingAfter },
    tokens: tokensOf({ reader: env['OHLCV_READER_TOKEN'], admin: env['OHLCV_ADMIN_TOKEN'] }),
    limits: { ...LIMITS, perMinute: rateLimit }, trustProxy: trustProxy ?? false,
    providerLimits: () => readLimits(providers, BAR_PROVIDERS), act: startAction(context, demo?.adopt),
  }
}

export const serve = defineCommand({
  document: SERVE,
  ...NAMES.serve,
  examples: [
    ['serve', `the status page and the API at http://127.0.0.1:${SETTINGS.port.fallback}`],
    ['serve --demo', 'the same of a database that is made up and goes when this ends, to see what it is like'],
    ['serve --monitor', 'the same, and every ten minutes a look whether anything is wrong, with mails and messages to who is to know'],
    ['serve --host 0.0.0.0 --trust-proxy loopback', 'to be had from other machines, behind a proxy on this one'],
  ],
  flags: {
    demo: { type: 'boolean', default: false, describe: 'show made-up data of the last sessions, in a database of its own that goes at the end' },
    monitor: { type: 'boolean', default: false, describe: 'look again and again whether anything is wrong and tell who is to know, as `ohlcv monitor` does, in a process of its own' },
  },
  settings: ['port', 'host', 'rateLimit', 'trustProxy', 'staleAfter', 'watch', 'vendorsEvery', 'monitorEvery', 'publishedAt', 'missingAfter', 'thinBelow', 'providers'],
  async run({ demo, monitor }, given) {
    const made = demo ? await openDemo(given) : undefined
    const context = made?.context ?? given
    const { log, signal, settings } = context
    const { config } = await context.database()
    const readers = (most: number) => createReaders(config, log, most)
    const pools = { pool: readers(POOLS.pool), details: readers(POOLS.details), pulse: readers(POOLS.pulse) }
    try {
      const site = siteOf(pools, context, made)
      const service = createService(site)
      let requests = 0
      service.addHook('onResponse', async () => void requests++)
      const url = await listen(service, settings)
      const process = { env: actingEnvironment(context), log, signal }
      // A demo asks nobody, and looks at itself.
      const processes = [
        everyMinutes({ line: ['providers', 'check'], every: demo ? 0 : settings.vendorsEvery, failed: 'how the providers answer could not be looked at', ...process }),
        everyMinutes({ line: ['monitor'], every: monitor || demo ? settings.monitorEvery : 0, failed: 'it could not be looked whether anything is wrong', ...process }),
      ]
      const warming = warmUp(site, signal).then(() => keepSummary(site, signal))
      if (!signal.aborted) await once(signal, 'abort')
      await Promise.all([end(service), ...processes, warming])
      return { exitCode: EXIT.ok, data: { url, requests }, text: () => `Served ${url}` }
    } finally {
      await Promise.all(Object.values(pools).map((pool) => pool.end()))
      await made?.close()
    }
  },
})
