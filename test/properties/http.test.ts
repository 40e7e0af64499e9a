import fc from 'fast-check'
import { Agent, request, type IncomingMessage } from 'node:http'
import { pino } from 'pino'
import t from 'tap'
import { gunzipSync } from 'node:zlib'
import { API, openApi } from '../../lib/http/framework/openapi.js'
import { PLACES } from '../../lib/http/places.js'
import { ROUTES } from '../../lib/http/routes.js'
import type { ActRequest } from '../../lib/http/framework/site.js'
import { faultsOf } from '../helpers/contract.js'
import { freshDatabase } from '../helpers/database.js'
import { FIXTURES, fixtureSource, loadDates, registerSymbols, symbolsOf } from '../helpers/load.js'
import { ADMIN_TOKEN, startService, TOKENS } from '../helpers/service.js'
import { questions, type Operation, type Parameter, type Question, type Schema } from './questions.js'
import { inputs, SEED } from './runs.js'

const IN_SUITE = 300
/** What one answer may take in a long run, whose machine has nothing else to do. */
const SLOW_MS = 1000
/** Problems that are told before a request is known to be one. */
const UNREAD: ReadonlySet<number> = new Set([400, 408, 413, 414, 431])
/** What is told to nobody, and where files are, which lineage tells to who has a token. */
const SECRET = /node_modules|\.[jt]s:\d+|\bat \w+ \(|\bselect\b.*\bfrom\b|relation "|syntax error|127\.0\.0\.1/i
const OBJECT_KEY = /\/fixtures\//i

const { pool } = await freshDatabase(t)
const assets = symbolsOf(`${FIXTURES}/universe.csv`).slice(0, 4)
await registerSymbols(pool, symbolsOf(`${FIXTURES}/universe.csv`))
await loadDates(pool, fixtureSource(), '2026-02-12', '2026-02-18')
/** Errors of the request at hand. */
const logged: string[] = []
/** What would be done by processes of their own. */
const acted: ActRequest[] = []
const { url } = await startService(t, {
  pool, tokens: TOKENS, log: pino({ level: 'error' }, { write: (line: string) => logged.push(line) }), now: () => new Date('2026-02-20T12:00:00Z'),
  async act(wanted) {
    acted.push(wanted)
    const { rows } = await pool.query<{ id: number }>('insert into admin_actions (action, request, requested_by) values ($1, $2, $3) returning action_id as id', [wanted.action, JSON.stringify(wanted.request), wanted.requestedBy])
    return { actionId: rows[0]!.id, existing: false }
  },
})

interface Described {
  paths: Record<string, Record<string, { servers?: unknown; parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> } }>>
}

const operations: Operation[] = Object.entries((openApi(ROUTES, PLACES) as unknown as Described).paths).flatMap(([path, methods]) =>
  Object.entries(methods).filter(([method]) => method === 'get' || method === 'post').map(([method, { parameters = [], requestBody }]) =>
    ({ method: method.toUpperCase(), template: path, parameters, body: requestBody?.content['application/json'] ?? null })))
const places = new Set(PLACES.map(({ path }) => path as string))

interface Answered {
  status: number
  headers: Headers
  text: string
  ms: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
t.teardown(() => agent.destroy())

/** Sends a question as it is written; null: the connection was closed without an answer. */
async function send({ method, target, headers, body }: Question): Promise<Answered | null> {
  const begun = performance.now()
  const { hostname, port } = new URL(url)
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({ agent, hostname, port, method, path: target, headers: { ...headers, ...(body !== null && { 'content-length': Buffer.byteLength(body) }) } }, resolve)
      sent.on('error', reject)
      sent.end(body ?? undefined)
    })
    const parts: Buffer[] = []
    for await (const part of response) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const text = (response.headers['content-encoding'] === 'gzip' && bytes.length > 0 ? gunzipSync(bytes) : bytes).toString()
    const told = new Headers(Object.entries(response.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : [])))
    return { status: response.statusCode!, headers: told, text, ms: performance.now() - begun }
  } catch (error) {
    if (['ECONNRESET', 'EPIPE', 'HPE_INVALID_CONSTANT'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is wrong with an answer; nothing: all is well. */
function wrongWith({ operation, method, target, headers, body }: Question, answered: Answered | null): string[] {
  // A body that is too large need not be read to its end.
  if (answered === null) return body !== null && body.length > 60_000 ? [] : ['the connection was closed without an answer']
  const { status, headers: told, text } = answered
  const mayHaveKeys = operation?.template === '/lineage' && headers['authorization']?.endsWith(ADMIN_TOKEN) === true
  const others = text.replaceAll(target, '')
  const secret = SECRET.exec(others) ?? (mayHaveKeys ? null : OBJECT_KEY.exec(others))
  if (secret && operation !== null && !places.has(operation.template)) return [`it tells ${secret[0]}`]
  // Of the places, one tells by its status how the data stands.
  if (status >= 500) return operation?.template === '/status' && status === 503 ? [] : [`status ${status}: ${text.slice(0, 300)}`]
  if (method === 'HEAD') return text === '' ? [] : ['a HEAD has a body']
  const type = told.get('content-type')?.split(';')[0] ?? ''
  if (status >= 400) {
    if (type === 'text/html') return String(headers['accept']).includes('text/html') ? [] : ['a page for who wants none']
    if (type !== 'application/problem+json') return UNREAD.has(status) && text === '' ? [] : [`status ${status} is ${type || 'of no type'}: ${text.slice(0, 200)}`]
    const problem = jsonOf(text) as { status?: number; code?: string; detail?: string } | undefined
    return problem?.status === status && problem.code && problem.detail ? [] : [`no problem document: ${text.slice(0, 200)}`]
  }
  if (operation === null || places.has(operation.template) || method !== operation.method) return []
  return faultsOf(method, operation.template, { status, headers: told, text, json: type === 'application/json' ? jsonOf(text) : undefined })
}

await t.test('whatever it is asked the service answers as its description says, or tells what is wrong with the question', async (t) => {
  const statuses = new Map<number, number>()
  let slowest = { ms: 0, target: '' }
  const arbitrary = fc.tuple(questions(operations, { assets: [...assets, 'NONE'], dates: ['2026-02-12', '2026-02-17', '2026-02-18', '2026-02-14', '2026-02-19', '1990-01-01', '0000-01-01', '9999-12-31'] }), fc.boolean()).map(([question, isBelow]) => ({
    ...question, target: isBelow && question.operation && !places.has(question.operation.template) ? `${API}${question.target}` : question.target,
  }))
  const numRuns = inputs(t, IN_SUITE)
  const faults: string[] = []
  for (const question of fc.sample(arbitrary, { numRuns, seed: SEED })) {
    logged.length = 0
    const answered = await send(question)
    if (answered) {
      statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1)
      if (answered.ms > slowest.ms) slowest = { ms: answered.ms, target: question.target }
    }
    const { method, target, headers, body } = question
    for (const fault of wrongWith(question, answered)) faults.push([fault, `of ${method} ${target} ${JSON.stringify(headers)} ${body ?? ''}`.slice(0, 1000), ...logged].join('\n'))
  }
  t.comment(`${[...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')}; the slowest took ${slowest.ms.toFixed(0)} ms: ${slowest.target.slice(0, 200)}`)
  const share = (least: number, most: number) => [...statuses].reduce((sum, [status, count]) => (status >= least && status <= most ? sum + count : sum), 0) / numRuns
  t.same(faults.slice(0, 10), [], `${faults.length} faults`)
  t.ok(share(200, 299) > 0.2, 'many are answered')
  t.ok(share(400, 499) > 0.2, 'and many refused')
  if (numRuns > IN_SUITE) t.ok(slowest.ms < SLOW_MS, `${slowest.ms.toFixed(0)} ms: ${slowest.target.slice(0, 200)}`)
  t.ok(acted.every(({ requestedBy }) => requestedBy === 'tester'), 'nothing is done but for who has the token')
})
