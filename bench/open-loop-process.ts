// Sends requests at their moments, however long the answers take (open-loop.ts): told what by its parent, until it is told to end.
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { Pool } from 'undici'
import type { OpenLoop, OpenLoopResult } from './open-loop.js'

/** Kept alive; as many as would be waiting if nothing were answered for two seconds of fifty requests. */
const CONNECTIONS = 100
const TIMEOUT_MS = 30_000
/** How the kinds end whose paths are each asked once. */
const FIRST = ', first'

const [{ origin, rate, paths }] = (await once(process, 'message')) as [OpenLoop]
const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS })
const kinds = Object.keys(paths)
const result: OpenLoopResult = { kinds: Object.fromEntries(kinds.map((kind) => [kind, { latencies: [], errors: [] }])), late: [] }
/** Paths whose content was looked at: to unpack each answer would take time from the service. */
const seen = new Set<string>()

/** What is wrong with an answer; undefined where nothing is. */
async function wrongWith(path: string): Promise<string | undefined> {
  const { statusCode, headers, body } = await pool.request({ path, method: 'GET', headers: { 'accept-encoding': 'gzip' } })
  const bytes = Buffer.from(await body.arrayBuffer())
  if (statusCode !== 200) return `${path}: ${statusCode} ${bytes.toString().slice(0, 300)}`
  if (bytes.length === 0) return `${path}: nothing in it`
  if (seen.has(path)) return undefined
  seen.add(path)
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
  if (String(headers['content-type']).startsWith('application/json') && !('schema' in (JSON.parse(text) as object))) return `${path}: ${text.slice(0, 200)}`
  return text.trim() === '' ? `${path}: nothing but spaces in it` : undefined
}

async function ask(kind: string, path: string, due: number): Promise<void> {
  const { latencies, errors } = result.kinds[kind]!
  result.late.push(performance.now() - due)
  const wrong = await wrongWith(path).catch((error: unknown) => `${path}: ${String(error)}`)
  latencies.push(performance.now() - due)
  if (wrong !== undefined) errors.push(wrong)
}

/** Four rounds of what is asked again and again, and one of what nobody has asked before: one request of ten. */
const rounds = [...Array.from({ length: 4 }, () => kinds.filter((kind) => !kind.endsWith(FIRST))).flat(), ...kinds.filter((kind) => kind.endsWith(FIRST))]
const asked = new Map<string, number>()

/** The next path of a kind. */
function nextOf(kind: string): string {
  const place = asked.get(kind) ?? 0
  asked.set(kind, place + 1)
  return paths[kind]![place % paths[kind]!.length]!
}

const end = new AbortController()
process.on('message', () => end.abort())
const waiting = new Set<Promise<void>>()
process.send!('begun')
const begun = performance.now()
for (let turn = 0; !end.signal.aborted; turn++) {
  const due = begun + (turn * 1000) / rate
  const waitMs = due - performance.now()
  if (waitMs > 0) await delay(waitMs)
  const kind = rounds[turn % rounds.length]!
  const one = ask(kind, nextOf(kind), due)
  waiting.add(one)
  void one.then(() => waiting.delete(one))
}
await Promise.all(waiting)
await pool.close()
process.send!(result)
