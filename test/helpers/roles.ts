import pg from 'pg'
import { pino } from 'pino'
import type { Test } from 'tap'
import { createPool } from '../../lib/postgres/connect.js'

/** A user of the role, and a pool as him; both gone at teardown. */
export async function poolAs(t: Test, { url, pool }: { url: string; pool: pg.Pool }, role: string): Promise<pg.Pool> {
  const user = `ohlcv_test_${role}_${process.pid}_${Math.trunc(performance.now())}`
  await pool.query(`create role ${user} login password 'only for tests' ${role === '' ? '' : `in role ${role}`}`)
  const config = new pg.Client({ connectionString: url })
  const asUser = createPool({ host: config.host, port: config.port, database: config.database ?? '', user, password: 'only for tests' }, pino({ enabled: false }))
  t.teardown(async () => {
    await asUser.end()
    await pool.query(`drop owned by ${user}`)
    await pool.query(`drop role ${user}`)
  })
  return asUser
}
