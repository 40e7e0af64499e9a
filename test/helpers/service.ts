import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { pino } from 'pino'
import type { Test } from 'tap'
import * as v from 'valibot'
import { WATCHED } from '../../lib/domain/watched.js'
import { tokensOf } from '../../lib/http/framework/access.js'
import { keptCalendar, LIMITS, type Site } from '../../lib/http/framework/site.js'
import type { Place, Route } from '../../lib/http/framework/route.js'
import { PLACES } from '../../lib/http/places.js'
import { ROUTES } from '../../lib/http/routes.js'
import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'
import { readLimits } from '../../lib/providers/limits.js'
import { databaseVersion } from '../../lib/http/framework/version.js'
import { createService } from '../../lib/http/service.js'

/** A token that acts as `tester`, and one that reads, for services that are given {@link TOKENS}. */
export const ADMIN_TOKEN = 'an-administrator-of-tests'
export const READER_TOKEN = 'a-reader-of-these-tests'

/** Who may act; everybody may read. */
export const TOKENS = tokensOf({ admin: `tester:${ADMIN_TOKEN}` })

/** What the service works in, as it is unless set; nobody may act. */
export function testSite({ pool, ...options }: { pool: pg.Pool } & Partial<Site>): Site {
  const site = {
    log: pino({ enabled: false }), now: () => new Date(), publication: { publishedAt: '11:00', missingAfter: 24 }, staleAfter: 60, thinBelow: 80,
    watch: WATCHED, providerLimits: () => readLimits(undefined, BAR_PROVIDERS), tokens: tokensOf({}), limits: { ...LIMITS, perMinute: 1_000_000, behind: 0, versionAge: 0 }, trustProxy: false, demo: false,
    async act() {
      throw new Error('nothing can be done in this test')
    },
    details: pool, pulse: pool, ...options, pool,
  }
  const version = databaseVersion(site.pulse, site.now, site.limits.versionAge)
  return { version, calendar: keptCalendar(pool, version), ...site }
}

/** A route whose answers are judged as they are made: what is missing or of another kind would be written as if it were there. */
function judged(route: Route): Route {
  return {
    ...route,
    async answer(asked, site) {
      const document = await route.answer(asked, site)
      v.parse(route.document.fields, document)
      return document
    },
  }
}

/** The service on a database, at a port of its own; gone at teardown. What it is not given is as usual. Without routes of its own it has all there are, and their documents are judged. */
export async function startService(t: Test, given: { pool: pg.Pool } & Partial<Site>, routes: readonly Route[] = ROUTES.map(judged), places: readonly Place[] = PLACES): Promise<{ url: string; app: FastifyInstance }> {
  const app = createService(testSite(given), routes, places)
  t.teardown(() => app.close())
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) }
}
