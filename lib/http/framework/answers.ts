import type { FastifyReply, FastifyRequest } from 'fastify'
import { csvText, guarded } from '../../formats/csv-text.js'
import { EVERYBODY } from './access.js'
import { asProblem } from './as-problem.js'
import { KeptAnswers, type Wanted } from './kept-answers.js'
import { readFields } from './read-request.js'
import { render, type Rendered } from './rendered.js'
import { queryOf, type Asked, type Fields, type Kept, type Place, type Route } from './route.js'
import { send } from './send.js'
import type { Site } from './site.js'
import { writerOf } from './writers.js'

/** Headers by the names that a route knows. */
function headersOf(fields: Fields | undefined, headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(fields?.entries ?? {}).filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]))
}

const searchOf = (url: string): URLSearchParams => new URLSearchParams(/\?.*$/s.exec(url)?.[0])

/** Where the next page of a list is to be had (RFC 8288), for who has no document to read `next_cursor` in. */
function nextLink(url: string, data: object): Record<string, string> {
  if (!('next_cursor' in data) || typeof data.next_cursor !== 'string') return {}
  const asked = searchOf(url)
  asked.set('cursor', data.next_cursor)
  return { link: `<?${asked}>; rel="next"` }
}

/** A question in one form, however it was put. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part))
}

/** Answers what is asked, from what is kept where nothing was written since. */
export class Answers {
  readonly #kept: KeptAnswers

  constructor(readonly site: Site) {
    this.#kept = new KeptAnswers(site.limits, site.log)
  }

  /** The answer of a route. */
  async ofRoute(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { format, ...query } = readFields(queryOf(route), request.query, 'query') as Record<string, unknown>
    const asked: Asked = {
      params: readFields(route.params, request.params, 'path'), query, body: readFields(route.body, request.body, 'body'),
      headers: readFields(route.headers, headersOf(route.headers, request.headers), 'header'), who: request.who ?? EVERYBODY,
    }
    const make = async (): Promise<Rendered> => {
      const data = await route.answer(asked, this.site)
      const { csv, document, status = 200 } = route
      if (csv && format === 'csv') {
        const headers = { 'content-disposition': `attachment; filename="${fileName(route)}.csv"`, ...nextLink(request.url, data) }
        return render({ type: 'text/csv; charset=utf-8', body: csvText(csv(data).map(guarded)), headers })
      }
      return render({ status, type: 'application/json; charset=utf-8', body: writerOf(document)({ schema: document.name, ...data }) })
    }
    if (route.method !== 'GET') {
      const made = await make()
      this.site.version.forget()
      return reply.code(made.status).header('cache-control', 'no-store').type(made.type).send(made.body)
    }
    if (route.cache === false) {
      reply.header('cache-control', 'no-store')
      return send(request, reply, await make())
    }
    return send(request, reply, await this.#kept.get(await this.#wanted(route, canonical([route.path, asked.params, query, format, asked.who.access]), make)))
  }

  /** The answer of a place at the root. */
  async ofPlace(place: Place, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const search = place.search ? searchOf(request.url) : new URLSearchParams()
    const asked = { params: request.params as Record<string, string>, search, who: request.who ?? EVERYBODY }
    const make = async (): Promise<Rendered> => render(await place.answer(asked, this.site))
    if (place.cache === false) return send(request, reply, await make())
    const key = canonical([place.path, asked.params, search.toString(), asked.who.access])
    try {
      return await send(request, reply, await this.#kept.get(await this.#wanted(place, key, make)))
    } catch (error) {
      if (place.lasting !== true || asProblem(error).status !== 503) throw error
      return send(request, reply, this.#kept.last(key) ?? (await make()))
    }
  }

  async #wanted({ freshness, version = ({ version: database }) => database.current() }: Kept, key: string, make: () => Promise<Rendered>): Promise<Wanted> {
    return { key, make, soon: freshness === 'soon', version: freshness === 'fixed' ? '' : await version(this.site) }
  }
}

/** `status-days`, as a file is called that the answer is kept in. */
const fileName = ({ path }: Route): string => path.replaceAll(/[{}]/g, '').split('/').filter((part) => part !== '').join('-')
