import t from 'tap'
import { openSuiteServer, type SuiteServer } from './suite-server.js'

let suite: Promise<SuiteServer> | undefined

/** A share in the suite's server for a test file that is run by itself. */
function ownShare(): Promise<SuiteServer> {
  if (!suite) {
    suite = openSuiteServer()
    t.teardown(async () => (await suite)?.release())
  }
  return suite
}

/** The URL of a superuser's maintenance database: on the server of OHLCV_TEST_DATABASE_URL, else on the suite's own, which `npm test` keeps up and names. */
export async function testServer(): Promise<string> {
  return process.env['OHLCV_TEST_DATABASE_URL'] ?? process.env['OHLCV_TEST_SUITE_URL'] ?? (await ownShare()).url
}
