import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { pino } from 'pino'
import type { Test } from 'tap'
import { createService } from '../../lib/http/service.js'
import type { Site } from '../../lib/http/framework/site.js'

/** The service on a database, at a port of its own; gone at teardown. What it is not given is as usual. */
export async function startService(t: Test, { pool, ...options }: { pool: pg.Pool } & Partial<Site>): Promise<{ url: string; app: FastifyInstance }> {
  const app = createService({ log: pino({ enabled: false }), now: () => new Date(), ...options, pool })
  t.teardown(() => app.close())
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) }
}
