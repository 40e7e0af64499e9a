import fastify, { type FastifyInstance } from 'fastify'
import { jsonSchema } from './framework/json-schema.js'
import { Problem, problemDocument } from './framework/problem.js'
import type { Fields, Route } from './framework/route.js'
import type { Site } from './framework/site.js'
import { ROUTES } from './routes.js'

const API = '/api/v1'

/** The paths that a route is served at: below `/api/v1`, and without it. */
function urlsOf({ path }: Route): string[] {
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
  return [`${API}${url}`, url]
}

function schemaOf({ params, query, body }: Route): Record<string, unknown> {
  const parts: [string, Fields | undefined][] = [['params', params], ['querystring', query], ['body', body]]
  return Object.fromEntries(parts.flatMap(([name, fields]) => (fields ? [[name, jsonSchema(fields)]] : [])))
}

/** The service, which does not listen yet. */
export function createService(site: Site): FastifyInstance {
  const app = fastify({ loggerInstance: site.log, ajv: { customOptions: { removeAdditional: false, coerceTypes: true } } }) as unknown as FastifyInstance
  app.setErrorHandler(async (error, request, reply) => {
    const told = error instanceof Problem ? error : new Problem(500, 'INTERNAL', 'the service failed; its log has more')
    await reply.code(told.status).headers(told.headers).type('application/problem+json').send(problemDocument(told, request.id))
  })
  for (const route of ROUTES) {
    for (const url of urlsOf(route)) {
      app.route({
        method: route.method, url, schema: schemaOf(route),
        async handler({ params, query, body }, reply) {
          const data = await route.answer({ params, query, body } as never, site)
          return reply.type('application/json; charset=utf-8').send({ schema: route.document.name, ...data })
        },
      })
    }
  }
  return app
}
