import pg from 'pg'
import { pino } from 'pino'
import type { Test } from 'tap'
import { createPool } from '../../lib/postgres/connect.js'

/** A user of the role, by whom the address names the database; gone at teardown, after what `end` ends. */
async function userAs(t: Test, { url, pool }: { url: string; pool: pg.Pool }, role: string, end: () => Promise<void>): Promise<URL> {
  const user = `ohlcv_test_${role}_${process.pid}_${Math.trunc(performance.now())}`
  await pool.query(`create role ${user} login password 'only for tests' ${role === '' ? '' : `in role ${role}`}`)
  t.teardown(async () => {
    await end()
    await pool.query(`drop owned by ${user}`)
    await pool.query(`drop role ${user}`)
  })
  const asUser = new URL(url)
  // In the query, where they hold for whatever the address names: one of a socket has no place for them before the host.
  for (const [name, value] of [['user', user], ['password', 'only for tests']] as const) asUser.searchParams.set(name, value)
  return asUser
}

/** A user of the role, and a pool as him; both gone at teardown. */
export async function poolAs(t: Test, database: { url: string; pool: pg.Pool }, role: string): Promise<pg.Pool> {
  const asUser: pg.Pool[] = []
  const { searchParams } = await userAs(t, database, role, async () => asUser[0]?.end())
  const config = new pg.Client({ connectionString: database.url })
  asUser.push(createPool({ host: config.host, port: config.port, database: config.database ?? '', user: searchParams.get('user')!, password: 'only for tests' }, pino({ enabled: false })))
  return asUser[0]!
}

/** The address of the database for a user of the role, who is gone at teardown. */
export async function urlAs(t: Test, database: { url: string; pool: pg.Pool }, role: string): Promise<string> {
  return (await userAs(t, database, role, () => Promise.resolve())).href
}
