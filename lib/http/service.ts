import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { accessOf, demand, EVERYBODY, type Access } from './framework/access.js'
import { Answers } from './framework/answers.js'
import { descriptions } from './framework/description.js'
import { harden, logRequests, serverOptions } from './framework/hardening.js'
import { API } from './framework/openapi.js'
import { refuse, type MethodsAt } from './framework/refusals.js'
import type { Place, Route } from './framework/route.js'
import type { Site } from './framework/site.js'
import { PLACES } from './places.js'
import { ROUTES } from './routes.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null before that is known. */
    who: Access | null
  }
}

const urlOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** Where a route is served: below the folder of the API, and without it. */
const pathsOf = ({ path }: Route): string[] => [`${API}${path}`, path]

/** Tells which methods are served at a path. */
function methodsOf(routes: readonly Route[], places: readonly Place[]): MethodsAt {
  const served = [...routes.flatMap((route) => pathsOf(route).map((path) => ({ path, method: route.method }))), ...places.map(({ path }) => ({ path, method: 'GET' }))]
    .map(({ path, method }) => ({ method, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
  return (path) => [...new Set(served.filter(({ pattern }) => pattern.test(path)).flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
}

/** The service, which does not listen yet. */
export function createService(site: Site, routes: readonly Route[] = ROUTES, others: readonly Place[] = PLACES): FastifyInstance {
  const places = [...others, ...descriptions(routes, others)]
  const app = fastify(serverOptions(site)) as unknown as FastifyInstance
  const answers = new Answers(site)
  const { tokens } = site
  const letIn = (needed: 'admin' | 'reader') => async (request: FastifyRequest) => {
    request.who = accessOf(tokens, request.headers.authorization)
    demand(tokens, needed, request.who)
  }
  // Whoever has no token, or another's, sees of these what everybody sees.
  const open = async (request: FastifyRequest) => {
    try {
      request.who = accessOf(tokens, request.headers.authorization)
    } catch {
      request.who = EVERYBODY
    }
  }
  app.decorateRequest('who', null)
  app.setErrorHandler(refuse)
  logRequests(app)
  app.register(async (inner) => {
    await harden(inner, site, methodsOf(routes, places))
    // What is nowhere is refused before.
    inner.setNotFoundHandler(async () => {})
    for (const route of routes) {
      const handler = (request: FastifyRequest, reply: FastifyReply) => answers.ofRoute(route, request, reply)
      for (const path of pathsOf(route)) inner.route({ method: route.method, url: urlOf(path), onRequest: letIn(route.access ?? 'reader'), handler })
    }
    for (const place of places) {
      inner.get(urlOf(place.path), { onRequest: place.open ? open : letIn('reader') }, (request, reply) => answers.ofPlace(place, request, reply))
    }
  })
  return app
}
