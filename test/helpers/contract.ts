import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Test } from 'tap'
import { API, openApi } from '../../lib/http/framework/openapi.js'
import { PLACES } from '../../lib/http/places.js'
import { ROUTES } from '../../lib/http/routes.js'

interface Answer {
  description: string
  content?: Record<string, { schema: object }>
}

interface Description {
  paths: Record<string, Record<string, { responses: Record<string, Answer | { $ref: string }> }>>
  components: { responses: Record<string, Answer>; schemas: Record<string, object> }
}

/** An answer, read whole. */
export interface Told {
  status: number
  headers: Headers
  text: string
  /** Its JSON; undefined where it is none. */
  json: unknown
}

const description = openApi(ROUTES, PLACES) as unknown as Description
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ ...description, $id: 'openapi' })
const compiled = new Map<string, ValidateFunction>()

/** The path of the description that is meant. */
function templateOf(path: string): string | undefined {
  const parts = path.split('/')
  const fits = (template: string): boolean => {
    const own = template.split('/')
    return own.length === parts.length && own.every((part, index) => part === parts[index] || (/^\{\w+\}$/.test(part) && parts[index] !== ''))
  }
  return Object.keys(description.paths).filter(fits).sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')))[0]
}

const pointer = (...parts: string[]): string => parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

/** What is wrong with an answer by the description; nothing: it is as described. */
export function faultsOf(method: string, path: string, { status, headers, text, json }: Told): string[] {
  const template = templateOf(path.replace(/\?.*$/s, ''))
  const operation = template === undefined ? undefined : description.paths[template]?.[method.toLowerCase()]
  if (template === undefined || !operation) return [`${method} ${path} is not described`]
  const chosen = operation.responses[status] ? String(status) : 'default'
  const at = operation.responses[chosen]
  if (!at || (chosen === 'default' && status < 400)) return [`${method} ${path}: status ${status} is not described`]
  const name = '$ref' in at ? at.$ref.split('/').at(-1)! : null
  const { content } = name === null ? at as Answer : description.components.responses[name]!
  if (!content) return text === '' ? [] : [`${method} ${path}: ${status} has a body, and none is described`]
  const type = headers.get('content-type')?.split(';')[0] ?? ''
  if (!content[type]) return [`${method} ${path}: ${status} is ${type || 'of no type'}, not one of ${Object.keys(content).join(', ')}`]
  if (!type.endsWith('json')) return []
  const place = name === null ? ['paths', template, method.toLowerCase(), 'responses', chosen] : ['components', 'responses', name]
  const ref = `openapi#${pointer(...place, 'content', type, 'schema')}`
  const check = compiled.get(ref) ?? ajv.compile({ $ref: ref })
  compiled.set(ref, check)
  return check(json) ? [] : check.errors!.map(({ instancePath, message, params }) => `${method} ${path}: ${instancePath} ${message} ${JSON.stringify(params)}`)
}

/** Asks the API, below its folder, and holds the answer against the description: its status, its type, each of its fields. */
export async function ask(t: Test, url: string, path: string, init: RequestInit = {}): Promise<Told> {
  const response = await fetch(`${url}${API}${path}`, init)
  const text = await response.text()
  const json: unknown = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined
  const told = { status: response.status, headers: response.headers, text, json }
  t.same(faultsOf(init.method ?? 'GET', path, told), [], `${init.method ?? 'GET'} ${path}: ${told.status} is as described`)
  return told
}
