import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { randomUUID } from 'node:crypto'
import { Problem } from './problem.js'
import { notServed, refuse, refuseBroken, type MethodsAt } from './refusals.js'
import type { Site } from './site.js'

/** Longest address that is read; none that is meant is a quarter of it. */
const MAX_URL = 4096
const SECOND = 1000

/** The server below the routes: what it waits for, and how much it reads. */
export function serverOptions({ log, limits, trustProxy }: Site): FastifyServerOptions {
  return {
    loggerInstance: log, logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }), genReqId: () => randomUUID(), trustProxy,
    bodyLimit: limits.body, requestTimeout: 15 * SECOND, keepAliveTimeout: 30 * SECOND, forceCloseConnections: 'idle',
    // Who has not sent the whole header by then is sent away, so that connections which send nothing do not add up.
    http: { headersTimeout: 10 * SECOND, connectionsCheckingInterval: 5 * SECOND, maxHeaderSize: 16 * 1024 },
    routerOptions: { maxParamLength: 256, caseSensitive: true },
    clientErrorHandler: refuseBroken,
    frameworkErrors(error, request, reply) {
      void refuse(error, request, reply)
    },
  } as FastifyServerOptions
}

/** What a page may load: its own files and answers, and nothing that stands in it. */
const CONTENT_SECURITY: Record<string, string[]> = {
  'default-src': ['\'none\''], 'script-src': ['\'self\''], 'style-src': ['\'self\''], 'img-src': ['\'self\'', 'data:'], 'connect-src': ['\'self\''], 'font-src': ['\'self\''],
  'base-uri': ['\'none\''], 'form-action': ['\'self\''], 'frame-ancestors': ['\'none\''], 'object-src': ['\'none\''],
}

/** What holds for all answers, whatever the route: headers, the rate of a client, JSON bodies only, addresses of a sane length, and nothing where nothing is. */
export async function harden(app: FastifyInstance, { limits }: Site, methodsAt: MethodsAt): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY },
    strictTransportSecurity: { maxAge: 365 * 24 * 3600, includeSubDomains: false },
    frameguard: { action: 'deny' },
  })
  await app.register(rateLimit, {
    global: false, max: limits.perMinute, timeWindow: 60 * SECOND, cache: 20_000, addHeaders: { 'retry-after': false },
    errorResponseBuilder: (_, { ttl }) => new Problem(429, 'TOO_MANY_REQUESTS', 'too many requests of this client within a minute', { 'retry-after': String(Math.max(1, Math.ceil(ttl / SECOND))) }),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))
  app.server.maxConnections = limits.connections
  const limit = app.rateLimit()
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    await limit.call(app, request, reply)
    if (request.url.length > MAX_URL) throw new Problem(414, 'URL_TOO_LONG', `the address has more than ${MAX_URL} characters`)
    if (request.is404) throw notServed(request, methodsAt)
  })
}

/** Writes a line for each request: who asked for what, and what came of it. What was asked behind the question mark is not told, nor any header. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async ({ method, url, ip, who, log }, reply) => {
    const { statusCode: status } = reply
    const line = {
      method, path: url.replace(/[?#].*$/s, ''), status, ms: Math.round(reply.elapsedTime), client: ip, ...(who && who.access !== 'everybody' && { access: who.access, name: who.name }),
    }
    log[[401, 403, 429].includes(status) ? 'warn' : 'info'](line, 'request')
  })
}
