import t from 'tap'
import type { EmbeddedServer } from '../../lib/postgres/embedded/embedded.js'
import { openSuiteServer } from './suite-server.js'

let embedded: Promise<EmbeddedServer> | undefined

/** This file's share in the embedded server that all test files use. */
function sharedServer(): Promise<EmbeddedServer> {
  if (!embedded) {
    embedded = openSuiteServer()
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
