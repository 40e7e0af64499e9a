import type { openApi } from '../../lib/http/framework/openapi.js'

/** As much of JSON Schema as the description of the service has. */
interface Schema {
  $ref?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  type?: string | string[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
}

interface Operation {
  operationId?: string
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
}

interface Description {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const WIDTH = 180

function fieldsOf({ properties = {}, required = [] }: Schema): string[] {
  return Object.entries(properties).map(([name, field]) => `${/^\w+$/.test(name) ? name : `'${name}'`}${required.includes(name) ? '' : '?'}: ${typeOf(field)}${required.includes(name) ? '' : ' | undefined'}`)
}

function union(members: readonly string[]): string {
  return [...new Set(members)].join(' | ')
}

/** A schema as a type of TypeScript. */
function typeOf(schema: Schema): string {
  const { $ref, const: only, enum: some, anyOf, type, items = {}, properties, additionalProperties } = schema
  if ($ref !== undefined) return $ref.split('/').at(-1)!
  if (only !== undefined) return literal(only)
  if (some) return union(some.map(literal))
  if (anyOf) return union(anyOf.map(typeOf))
  if (Array.isArray(type)) return union(type.map((one) => typeOf({ ...schema, type: one })))
  if (type === 'array') return / \| /.test(typeOf(items)) ? `(${typeOf(items)})[]` : `${typeOf(items)}[]`
  if (type === 'object' && properties) return `{ ${fieldsOf(schema).join('; ')} }`
  if (type === 'object') return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>`
  return type === 'integer' ? 'number' : type ?? 'unknown'
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))

/** A type by its name, its fields as many a line as fit. */
function named(name: string, schema: Schema): string {
  if (schema.type !== 'object' || !schema.properties) return `export type ${name} = ${typeOf(schema)}\n`
  const lines: string[] = []
  for (const field of fieldsOf(schema)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + field.length + 4 <= WIDTH) lines[lines.length - 1] = `${last}; ${field}`
    else lines.push(field)
  }
  return `export type ${name} = {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`
}

/** `GET /status/days` as a name: `StatusDays`. */
const nameOf = ({ operationId = '' }: Operation): string => operationId.replace(/^(get|post)/, '')

function asked(operation: Operation): string[] {
  const fields = (operation.parameters ?? []).filter(({ name, in: place }) => place === 'query' && name !== 'format')
  const query: Schema = { type: 'object', properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])), required: fields.filter(({ required }) => required).map(({ name }) => name) }
  const { requestBody } = operation
  return [
    ...(fields.length > 0 ? [named(`${nameOf(operation)}Query`, query)] : []),
    ...(requestBody ? [named(`${nameOf(operation)}Body`, requestBody.content['application/json'].schema)] : []),
  ]
}

/** The text of lib/client/documents.ts. */
export function clientTypes(description: ReturnType<typeof openApi>): string {
  const { paths, components: { schemas } } = description as unknown as Description
  return [
    '// Written by `npm run docs` from the description of the service; a test compares the two. What stands here needs nothing else, so that a program that uses the client is checked by it alone.\n',
    '// Documents, and the parts of them that have names.\n', ...Object.entries(schemas).map(([name, schema]) => named(name, schema)),
    '// What is asked: behind the question mark, and in a body.\n', ...Object.values(paths).flatMap((methods) => Object.values(methods)).filter(({ operationId }) => operationId !== undefined).flatMap(asked),
  ].join('\n')
}
