import type pg from 'pg'
import type { Test } from 'tap'
import { empty, freshDatabase } from './database.js'
import { startRestServer, type RestServer } from './rest-server.js'

/** A database and a provider that knows Apple: each test of the file begins with one that is well and was asked nothing, and leaves nothing behind. */
export async function askedProvider(t: Test): Promise<{ pool: pg.Pool; server: RestServer }> {
  const { pool } = await freshDatabase(t)
  const server = await startRestServer({ securities: { AAPL: { name: 'Apple Inc.' } } })
  t.teardown(() => server.close())
  t.beforeEach(() => {
    server.fault = () => undefined
    server.requests.length = 0
  })
  t.afterEach(() => empty(pool))
  return { pool, server }
}
