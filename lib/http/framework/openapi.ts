import type { DocumentType } from '../../documents/document.js'
import { PARTS } from '../../documents/service/named-parts.js'
import { VERSION } from '../../domain/version.js'
import { jsonSchema, partSchemas, type JsonSchema } from './json-schema.js'
import { problem } from './problem.js'
import { queryOf, type Fields, type Place, type Route } from './route.js'

/** A part of the description: plain JSON. */
type Part = Record<string, unknown>

/** Where the API is. */
export const API = '/api/v1'

const TAGS = { status: 'What there is, how fresh, how good', data: 'Bars, and where they came from', ingestion: 'What was done, and what can be done', alerts: 'What is wrong, and who was told' } as const

/** Problems that any request may come to. */
const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The question cannot be followed: the problem names the field',
  401: 'It needs a token, or the one sent is not known',
  403: 'The token lets its holder not do that, or nobody may',
  404: 'There is nothing of that name',
  429: 'Too many requests: again after the seconds of Retry-After',
  503: 'The database does not answer, or not in time',
}

/** `ohlcv.service-runs/1` as a name of the description: `ServiceRuns`. */
function componentOf({ name }: Pick<DocumentType, 'name'>): string {
  return name.replace(/^ohlcv\.(.*)\/\d+$/, '$1').split(/[-.]/).map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('')
}

/** Fields with that which names the kind of document before them. */
function named(name: string, schema: JsonSchema): JsonSchema {
  if (schema.anyOf) return { ...schema, anyOf: schema.anyOf.map((each) => named(name, each as JsonSchema)) }
  if (schema.type !== 'object') throw new Error(`the document ${name} is no object`)
  return { ...schema, properties: { schema: { const: name }, ...schema.properties }, required: ['schema', ...(schema.required ?? [])] }
}

/** The JSON Schema of a kind of document, whole unless some of its parts are only to be named. */
export function documentSchema({ name, fields }: DocumentType, parts?: typeof PARTS): JsonSchema {
  return named(name, jsonSchema(fields, parts))
}

/** The fields of a path, a query or the header as parameters. */
function parameters(place: 'path' | 'query' | 'header', fields: Fields | undefined, example: Readonly<Record<string, unknown>> = {}): Part[] {
  if (!fields) return []
  const { properties = {}, required = [] } = jsonSchema(fields)
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as JsonSchema
    return {
      name, in: place, required: place === 'path' || required.includes(name), ...(description !== undefined && { description }), schema: rest,
      ...(Object.hasOwn(example, name) && { example: example[name] }),
    }
  })
}

function bodyOf({ body, example }: Route): Part {
  if (!body) return {}
  return { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body), ...(example?.body !== undefined && { example: example.body }) } } } }
}

const problemRef = (status: string): Part => ({ $ref: `#/components/responses/Problem${status}` })

/** What a route may answer. */
function responses(route: Route): Part {
  const { document, status = 200, csv, method, access, problems = {}, params, query } = route
  const common = [400, 401, ...(access ? [403] : []), ...(params ? [404] : []), 429, 503].filter((code) => !(code in problems))
  const own = Object.entries(problems).map(([code, description]) => [code, { description, content: PROBLEM_CONTENT }] as const)
  return {
    [status]: {
      description: status === 202 ? 'It is begun' : 'The answer',
      ...(method === 'GET' && { headers: {
        ETag: { description: 'Of this answer; sent as If-None-Match, the same answer is 304', schema: { type: 'string' } },
        ...(csv && query?.entries['cursor'] && { Link: { description: 'Of CSV: where the next page is to be had (rel="next"); none after the last', schema: { type: 'string' } } }),
      } }),
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${componentOf(document)}` } }, ...(csv && { 'text/csv': { schema: { type: 'string' } } }) },
    },
    ...(method === 'GET' && { 304: { description: 'The answer is the one that If-None-Match names' } }),
    ...Object.fromEntries([...common.map((code) => [code, problemRef(String(code))] as const), ...own]),
    default: problemRef(''),
  }
}

/** `getStatusDaysByDate`, from method and path. */
function operationId({ method, path }: Route): string {
  const words = path.split('/').filter((part) => part !== '').map((part) => part.replace(/^\{(.*)\}$/, 'by-$1'))
  return [method.toLowerCase(), ...words].join('-').replaceAll(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase())
}

function operation(route: Route): Part {
  const { tag, summary, description, params, headers, example = {}, access } = route
  const fields = [...parameters('path', params, example.params), ...parameters('query', queryOf(route), example.query), ...parameters('header', headers, example.headers)]
  return {
    operationId: operationId(route), tags: [tag], summary, ...(description !== undefined && { description }),
    ...(fields.length > 0 && { parameters: fields }), ...bodyOf(route), ...(access && { security: [{ token: [] }] }), responses: responses(route),
  }
}

function placeOf({ path, summary, open }: Place): Part {
  return {
    servers: [{ url: '/' }],
    get: {
      summary, ...(open && { security: [] }),
      parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      responses: { default: { description: summary } },
    },
  }
}

const PROBLEM_CONTENT = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }

function components(routes: readonly Route[]): Part {
  const documents = new Map(routes.map(({ document }) => [componentOf(document), document]))
  return {
    securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'The token of an administrator, or that of readers where reading needs one' } },
    responses: {
      Problem: { description: 'It cannot be answered', content: PROBLEM_CONTENT },
      ...Object.fromEntries(Object.entries(PROBLEMS).map(([status, description]) => [`Problem${status}`, { description, content: PROBLEM_CONTENT }])),
    },
    schemas: { ...Object.fromEntries([...documents].map(([name, document]) => [name, documentSchema(document, PARTS)])), ...partSchemas(PARTS), Problem: jsonSchema(problem) },
  }
}

/** The description of the service, by OpenAPI 3.1: made of the schemas that judge requests and write answers. */
export function openApi(routes: readonly Route[], places: readonly Place[]): Part {
  const paths = new Map<string, Part>()
  for (const route of routes) paths.set(route.path, { ...paths.get(route.path), [route.method.toLowerCase()]: operation(route) })
  for (const place of places) paths.set(place.path, placeOf(place))
  return {
    openapi: '3.1.0',
    info: {
      title: 'ohlcv', version: VERSION, license: { name: 'MIT', identifier: 'MIT' },
      description: `Price history of a market: what there is, how fresh, how good, and from where. Times are UTC, dates are those of the exchange. Each path is served below ${API} and without it.`,
    },
    servers: [{ url: API }],
    security: [{}, { token: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(paths),
    components: components(routes),
  }
}
