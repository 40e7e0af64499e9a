import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { csvText, guarded } from '../formats/csv-text.js'
import { accessOf, demand } from './framework/access.js'
import { asProblem } from './framework/as-problem.js'
import { API } from './framework/openapi.js'
import { problemDocument } from './framework/problem.js'
import { readFields } from './framework/read-request.js'
import { queryOf, type Fields } from './framework/route.js'
import type { Site } from './framework/site.js'
import { PLACES } from './places.js'
import { ROUTES } from './routes.js'

const urlOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

function headersOf(fields: Fields | undefined, headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(fields?.entries ?? {}).filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]))
}

/** The service, which does not listen yet. */
export function createService(site: Site): FastifyInstance {
  const app = fastify({ loggerInstance: site.log }) as unknown as FastifyInstance
  app.setErrorHandler(async (error, request, reply) => {
    const told = asProblem(error)
    await reply.code(told.status).headers(told.headers).type('application/problem+json').send(problemDocument(told, request.id))
  })
  const whoOf = ({ headers }: FastifyRequest) => accessOf(site.tokens, headers.authorization)
  for (const route of ROUTES) {
    const query = queryOf(route)
    for (const url of [`${API}${urlOf(route.path)}`, urlOf(route.path)]) {
      app.route({
        method: route.method, url,
        async handler(request, reply) {
          const who = whoOf(request)
          demand(site.tokens, route.access ?? 'reader', who)
          const { format, ...asked } = readFields(query, request.query, 'query') as Record<string, unknown>
          const data = await route.answer({
            params: readFields(route.params, request.params, 'path'), query: asked, body: readFields(route.body, request.body, 'body') as never,
            headers: readFields(route.headers, headersOf(route.headers, request.headers), 'header'), who,
          }, site)
          if (format === 'csv' && route.csv) return reply.type('text/csv; charset=utf-8').send(csvText(route.csv(data).map(guarded)))
          return reply.code(route.status ?? 200).type('application/json; charset=utf-8').send({ schema: route.document.name, ...data })
        },
      })
    }
  }
  for (const place of PLACES) {
    app.get(urlOf(place.path), async (request, reply) => {
      const who = whoOf(request)
      if (!place.open) demand(site.tokens, 'reader', who)
      const { status, type, body, headers } = await place.answer({ params: request.params as Record<string, string>, search: new URL(request.url, 'http://localhost').searchParams, who }, site)
      return reply.code(status ?? 200).headers(headers ?? {}).type(type).send(body)
    })
  }
  return app
}
