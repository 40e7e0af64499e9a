// Sends requests at their moments, however long the answers take (open-loop.ts): told what by its parent, until it is told to end.
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { Pool } from 'undici'
import type { OpenLoop, OpenLoopResult } from './open-loop.js'

/** Kept alive; as many as would be waiting if nothing were answered for two seconds of fifty requests. */
const CONNECTIONS = 100
const TIMEOUT_MS = 30_000

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

const end = new AbortController()
process.on('message', () => end.abort())
const asked = new Set<Promise<void>>()
process.send!('begun')
const begun = performance.now()
for (let turn = 0; !end.signal.aborted; turn++) {
  const due = begun + (turn * 1000) / rate
  const waitMs = due - performance.now()
  if (waitMs > 0) await delay(waitMs)
  const kind = kinds[turn % kinds.length]!
  const of = paths[kind]!
  const one = ask(kind, of[Math.floor(turn / kinds.length) % of.length]!, due)
  asked.add(one)
  void one.then(() => asked.delete(one))
}
await Promise.all(asked)
await pool.close()
process.send!(result)
