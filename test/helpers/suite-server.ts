import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { openEmbedded } from '../../lib/postgres/embedded/embedded.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'

/**
 * What a server may leave out whose databases need not survive a crash of the machine: most of the time that it takes to
 * make and drop a database. Autovacuum would look at databases that live for a second, at moments that no test can know.
 */
const FORGETFUL = { fsync: 'off', full_page_writes: 'off', wal_compression: 'off', autovacuum: 'off' }

/** Where its files stay for the next run of a test file. */
const HOME = path.join(PACKAGE_ROOT, '.tap', 'postgres')

/** A share in the embedded server of the tests. */
export interface SuiteServer {
  /** The URL of a superuser's maintenance database. */
  url: string
  release: () => Promise<unknown>
}

/** Takes a share in the embedded server of the tests; the last one out stops it, and its files stay. */
export async function openSuiteServer(home = HOME): Promise<SuiteServer> {
  const server = await openEmbedded({ home, log: pino({ level: 'silent' }), signal: new AbortController().signal })
  await forgetful(server.connection)
  const { host, user } = server.connection
  return { url: `postgres:///postgres?${new URLSearchParams({ host: String(host), user: String(user) }).toString().replaceAll('+', '%20')}`, release: () => server.release() }
}

/** Once for all: what ALTER SYSTEM says stays in the server's files. */
async function forgetful(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rows } = await client.query(`select from pg_settings where name = 'autovacuum' and setting = 'off'`)
    if (rows.length > 0) return
    for (const [name, value] of Object.entries(FORGETFUL)) await client.query(`alter system set ${name} = ${value}`)
    await client.query('select pg_reload_conf()')
  } finally {
    await client.end()
  }
}
