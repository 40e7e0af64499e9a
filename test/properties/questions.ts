import fc from 'fast-check'
import { ADMIN_TOKEN } from '../helpers/service.js'

/** A JSON Schema, as far as the description uses it. */
export interface Schema {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  items?: Schema
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
}

/** A parameter, as the description has it. */
export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: Schema
  example?: unknown
}

/** What may be asked at a path by a method. */
export interface Operation {
  method: string
  /** In the form of OpenAPI. */
  template: string
  parameters: readonly Parameter[]
  body: { schema: Schema; example?: unknown } | null
}

/** A request as it is sent. */
export interface Question {
  operation: Operation | null
  method: string
  /** Escaped, but for what is meant to be no good. */
  target: string
  headers: Record<string, string>
  body: string | null
}

/** What questions are about: what there is of it is found. */
export interface Subject {
  assets: readonly string[]
  dates: readonly string[]
}

/** Texts of which some program somewhere thought that nobody would send them. */
const HOSTILE = [
  '', ' ', '\0', 'a\0b', '-1', '0', '1e309', 'NaN', 'Infinity', '0x10', '9007199254740993', '9223372036854775808', '-2147483649', '1.5', '00', '+1', 'true', 'null', 'undefined', '{}', '[]', '[object Object]',
  '2026-02-30', '0000-00-00', '0001-01-01', '9999-12-31', '10000-01-01', '-000001-01-01', '2026-02-12T00:00:00Z', '2026-2-1', '２０２６-02-12', '../../etc/passwd', '..\\..\\', '/etc/passwd', 'http://169.254.169.254/',
  '\'', '"', '\\', '\'; drop table days; --', '%', '_', '*', '$1', '${1}', '{{1}}', '<script>alert(1)</script>', '=1+1', '@x', '\r\nX-Injected: 1', '__proto__', 'constructor', 'toString', 'hasOwnProperty',
  '\u202eAAPL', 'ａａｐｌ', 'ß', 'İ', '\ufeff', '\ud83d\ude00', 'A'.repeat(300), 'ä'.repeat(3000), ',', ',,,', 'AAPL,MSFT', 'aapl', 'AAPL ', 'W10=', 'bnVsbA', 'eyJfX3Byb3RvX18iOjF9',
]
/** Escapes that are none, or of bytes that are no text. */
const RAW = ['%', '%zz', '%2', '%00', '%ff%fe', '%c0%ae%c0%ae/', '%2e%2e%2f', '%2F', '%5c', '+', '%25', '%u0041', ';', '&', '#', '?', '\xe4', '//', '%ed%a0%80']
const FIELDS = ['__proto__', 'constructor', 'unknown', 'limit', 'cursor', 'format', 'asset', 'start', 'q', 'a[b]', 'asset[]', '', 'LIMIT', '%', 'x'.repeat(200)]
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'SEARCH', 'PURGE']
const TOKENS = [`Bearer ${ADMIN_TOKEN}`, `bearer  ${ADMIN_TOKEN}`, 'Bearer wrong-token-of-nobody', 'Bearer', 'Basic YTpi', 'Bearer \xe4', `Bearer ${'x'.repeat(2000)}`]

const escaped = (text: string): string => [...Buffer.from(text)].map((byte) => (/[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`)).join('')
const hostile = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...HOSTILE) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) })

/** A value that a field takes, or about so. */
function legal(name: string, schema: Schema, { assets, dates }: Subject): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => legal(name, each, { assets, dates })))
  const types = [schema.type ?? 'string'].flat()
  return fc.oneof(...types.map((type): fc.Arbitrary<unknown> => {
    if (type === 'null') return fc.constant(null)
    if (type === 'boolean') return fc.boolean()
    if (type === 'integer' || type === 'number') {
      const [min, max] = [schema.minimum ?? -5, Math.min(schema.maximum ?? 50, 2 ** 31)]
      return fc.oneof(fc.constantFrom(min, max, min - 1, max + 1), fc.integer({ min: Math.ceil(min), max: Math.max(Math.floor(max), Math.ceil(min)) }))
    }
    if (type === 'array') return fc.array(legal(name, schema.items ?? {}, { assets, dates }), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) })
    if (type === 'object') return objectOf(schema, { assets, dates })
    if (schema.format === 'date' || /date|start|end|since|until/.test(name)) return fc.constantFrom(...dates)
    if (/asset|symbol|^q$/.test(name)) return fc.constantFrom(...assets)
    return fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 12, 12) })
  }))
}

function objectOf({ properties = {}, required = [] }: Schema, subject: Subject): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(properties)
  return fc.record(Object.fromEntries(fields.map(([name, schema]) => [name, legal(name, schema, subject)])), { requiredKeys: required.filter((name) => name in properties) })
}

/** A parameter as it is written: mostly as it should be. */
function written({ name, schema, example }: Parameter, subject: Subject): fc.Arbitrary<string> {
  const good = legal(name, schema, subject).map((value) => escaped(typeof value === 'string' ? value : JSON.stringify(value)))
  return fc.oneof(
    { weight: 12, arbitrary: good }, ...(example === undefined ? [] : [{ weight: 6, arbitrary: fc.constant(escaped(typeof example === 'string' ? example : JSON.stringify(example))) }]),
    { weight: 3, arbitrary: hostile.map(escaped) }, { weight: 1, arbitrary: fc.constantFrom(...RAW) },
  )
}

function pathOf({ template, parameters }: Operation, subject: Subject): fc.Arbitrary<string> {
  const parts = template.split(/\{(\w+)\}/)
  return fc.tuple(...parts.map((part, index) => {
    if (index % 2 === 0) return fc.constant(part)
    return written(parameters.find(({ name, in: place }) => name === part && place === 'path')!, subject)
  })).map((found) => found.join(''))
}

function queryOf({ parameters }: Operation, subject: Subject): fc.Arbitrary<string> {
  const each = parameters.filter((parameter) => parameter.in === 'query').map((parameter) => {
    const pair = written(parameter, subject).map((value) => `${parameter.name}=${value}`)
    const [there, away] = parameter.required ? [19, 1] : [1, 1]
    return fc.oneof({ weight: there * 20, arbitrary: pair.map((one) => [one]) }, { weight: away * 20, arbitrary: fc.constant([]) }, { weight: there, arbitrary: fc.tuple(pair, pair) })
  })
  const odd = fc.oneof({ weight: 12, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...FIELDS), hostile).map(([name, value]) => [`${name}=${escaped(value)}`]) }, { weight: 1, arbitrary: fc.constantFrom(...RAW).map((raw) => [raw]) })
  return fc.tuple(...each, odd).map((pairs) => pairs.flat()).map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`))
}

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

function bodyOf({ body }: Operation, subject: Subject): fc.Arbitrary<string | null> {
  const any = fc.oneof(fc.json(), fc.constantFrom('', '{', 'null', '[]', '"x"', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":1}}', '{"start":1e999}', '\ufeff{}', nested(5000), `{"start":"${'9'.repeat(70_000)}"}`))
  if (!body) return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: any })
  const good = legal('body', body.schema, subject).map((value) => JSON.stringify(value))
  return fc.oneof({ weight: 6, arbitrary: good }, ...(body.example === undefined ? [] : [{ weight: 6, arbitrary: fc.constant(JSON.stringify(body.example)) }]), { weight: 3, arbitrary: any })
}

/** A header that is mostly not sent. */
const rarely = (name: string, ...values: string[]): fc.Arbitrary<[string, string][]> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant<[string, string][]>([]) }, { weight: 1, arbitrary: fc.constantFrom(...values).map((value): [string, string][] => [[name, value]]) })

function headersOf({ body }: Operation): fc.Arbitrary<Record<string, string>> {
  const type = fc.oneof({ weight: 9, arbitrary: fc.constant('application/json') }, { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json; charset=utf-16', 'x', '') })
  return fc.tuple(
    // Who acts has a token; others do at times.
    fc.oneof({ weight: body ? 6 : 1, arbitrary: fc.constant([['authorization', TOKENS[0]!]]) }, { weight: body ? 1 : 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.constantFrom(...TOKENS).map((token) => [['authorization', token]]) }),
    body ? type.map((value) => [['content-type', value]]) : fc.constant([]),
    rarely('accept', 'text/html', 'text/csv', 'application/json', '*/*', 'image/png', 'x/y;q=nan', ',', '\xe4'), rarely('accept-encoding', 'gzip', 'identity;q=0', 'br', '*;q=0', 'gzip;q=x'),
    rarely('if-none-match', '*', '"x"', 'W/"x", "y"', 'x'), rarely('idempotency-key', 'one', 'x'.repeat(256), '\xe4', ''), rarely('x-forwarded-for', '1.2.3.4', 'x', '::1, 1.2.3.4'),
    rarely('content-encoding', 'gzip', 'x'), rarely('range', 'bytes=0-1'), rarely('x-http-method-override', 'DELETE'), rarely('cookie', 'a=b'), rarely('host', 'elsewhere.example', 'x:99999'), rarely('x-request-id', 'mine', 'x'.repeat(5000)),
  ).map((headers) => Object.fromEntries(headers.flat()) as Record<string, string>)
}

/** Where nothing is, or should be. */
const nowhere = fc.oneof(fc.constantFrom('/', '//', '/.', '/..', '/api', '/api/v1', '/api/v1/', '/api/v2/session', '/assets/', '/assets/../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/.env', '/index.html', '/api/docs/../../.env', '/%', '/\xe4', '*'), hostile.map((text) => `/${escaped(text)}`))

/** Questions about what is described: mostly such as can be answered, at times with what is odd in one place or another. */
export function questions(operations: readonly Operation[], subject: Subject): fc.Arbitrary<Question> {
  const about = fc.constantFrom(...operations).chain((operation) => fc.record({
    operation: fc.constant(operation),
    method: fc.oneof({ weight: 20, arbitrary: fc.constant(operation.method) }, { weight: 1, arbitrary: fc.constant('HEAD') }, { weight: 1, arbitrary: fc.constantFrom(...METHODS) }),
    target: fc.tuple(pathOf(operation, subject), queryOf(operation, subject)).map((parts) => parts.join('')),
    headers: headersOf(operation),
    body: bodyOf(operation, subject),
  }))
  const astray = fc.record({ operation: fc.constant(null), method: fc.constantFrom(...METHODS), target: nowhere, headers: fc.constantFrom<Record<string, string>>({}, { accept: 'text/html' }), body: fc.constant(null) })
  return fc.oneof({ weight: 15, arbitrary: about }, { weight: 1, arbitrary: astray })
}
