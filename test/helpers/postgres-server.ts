import path from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { type EmbeddedServer, openEmbedded } from '../../lib/postgres/embedded/embedded.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'

let embedded: Promise<EmbeddedServer> | undefined

/** The embedded server that all test files share; the last one out stops it, and its files stay for the next run. */
function sharedServer(): Promise<EmbeddedServer> {
  if (!embedded) {
    const home = path.join(PACKAGE_ROOT, '.tap', 'postgres')
    embedded = openEmbedded({ home, log: pino({ level: 'silent' }), signal: new AbortController().signal })
    t.teardown(async () => (await embedded)?.release())
  }
  return embedded
}

/** The URL of a superuser's maintenance database: on the server of OHLCV_TEST_DATABASE_URL, else on the suite's own. */
export async function testServer(): Promise<string> {
  const external = process.env['OHLCV_TEST_DATABASE_URL']
  if (external) return external
  const { host, user } = (await sharedServer()).connection
  return `postgres:///postgres?${new URLSearchParams({ host: String(host), user: String(user) }).toString().replaceAll('+', '%20')}`
}
