import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { SourceError } from '../../../../lib/domain/errors.js'
import { isoDate } from '../../../../lib/domain/dates.js'
import { Tally } from '../../../../lib/domain/tally.js'
import { timespanNamed } from '../../../../lib/datasets/timespans.js'
import { answers, AskFailure, ProviderClient, type Asked, type ClientOptions, type Try } from '../../../../lib/features/runs/asking/client.js'
import type { BarsPage, Question } from '../../../../lib/providers/bar-provider.js'
import { MASSIVE_REST } from '../../../../lib/providers/massive/rest/rest.js'
import { FAULTS, type RestFault } from '../../../helpers/rest-faults.js'
import { startRestServer, type RestServer, type RestServerOptions } from '../../../helpers/rest-server.js'

const RANGE = { start: isoDate('2025-12-01'), end: isoDate('2025-12-31') }
const QUESTION = MASSIVE_REST.bars.question('SPY', 'day', RANGE, new Date())
const signal = new AbortController().signal

interface World {
  server: RestServer
  client: ProviderClient
  /** Milliseconds of each wait, none of which takes any time. */
  waits: number[]
  /** What was logged. */
  log: () => string
  passed: { count: number; givenBack: number }
}

async function world(t: Test, more: RestServerOptions = {}, options: Partial<ClientOptions> = {}): Promise<World> {
  const server = await startRestServer(more)
  const waits: number[] = []
  const lines: string[] = []
  const passed = { count: 0, givenBack: 0 }
  const clock = { ms: 0 }
  const gate = { pass: async () => {
    passed.count++
    return { giveBack: async () => void passed.givenBack++ }
  } }
  const delay = async (ms: number): Promise<void> => {
    waits.push(ms)
    clock.ms += ms
  }
  const log = pino({ level: 'trace' }, new Writable({ write: (chunk, _encoding, done) => {
    lines.push(String(chunk))
    done()
  } }))
  const client = new ProviderClient(MASSIVE_REST, {
    env: server.env, gate, log, connections: 4, now: () => new Date('2026-01-05T12:00:00Z'), tools: { random: () => 0.5, now: () => clock.ms, delay }, ...options,
  })
  t.teardown(async () => {
    await client.close()
    await server.close()
  })
  return { server, client, waits, log: () => lines.join(''), passed }
}

/** A fault for the first requests, and none for those after. */
function first(...faults: RestFault[]): () => RestFault | undefined {
  return () => faults.shift()
}

async function failureOf(asked: Promise<unknown>): Promise<AskFailure> {
  const failure = await asked.then(() => undefined, (error: unknown) => error)
  if (!(failure instanceof AskFailure)) throw new Error(`no AskFailure but ${inspect(failure)}`)
  return failure
}

await t.test('a question is asked with the key in a header and nowhere else, and answered by the body', async (t) => {
  const { client, server, passed, waits } = await world(t)
  const told: [Try, number][] = []
  const { body, tries, durationMs } = await client.ask(QUESTION, signal, (tried, attempt) => told.push([tried, attempt]))
  t.equal((JSON.parse(body!.toString()) as { resultsCount: number }).resultsCount, 22)
  t.match(tries, [{ at: new Date('2026-01-05T12:00:00Z'), status: 200, code: null, waitedMs: 0, durationMs: 0 }])
  t.ok(tries[0]!.bytes > 400)
  t.equal(durationMs, 0)
  t.same(told, [[tries[0], 1]])
  t.same([server.requests.length, waits, passed], [1, [], { count: 1, givenBack: 0 }])
  const [{ url, headers }] = server.requests as [RestServer['requests'][number]]
  t.equal(url, '/v2/aggs/ticker/SPY/range/1/day/2025-12-01/2025-12-31?adjusted=false&sort=asc&limit=50000')
  t.equal(headers.authorization, `Bearer ${server.key}`)
  t.notOk(inspect({ ...headers, authorization: '' }).includes(server.key))
})

await t.test('what may pass is tried again after 1 and 2 seconds, give or take a tenth, and what the limit refuses after 5 and 10', async (t) => {
  for (const [random, expected] of [[0.5, [1000, 2000]], [0, [900, 1800]], [1, [1100, 2200]]] as const) {
    for (const fault of [FAULTS.broken, FAULTS.reset, FAULTS.cut, FAULTS.tooShort, FAULTS.damagedGzip]) {
      const waits: number[] = []
      const { client, server } = await world(t, { fault: first(fault, fault) }, { tools: { random: () => random, delay: async (ms) => void waits.push(ms) } })
      const { body, tries } = await client.ask(QUESTION, signal)
      t.ok(body)
      t.same([tries.length, server.requests.length], [3, 3])
      t.same(waits.map(Math.round), expected)
    }
  }
  const { client, waits, passed, log } = await world(t, { fault: first(FAULTS.limited, FAULTS.limited) })
  const { tries } = await client.ask(QUESTION, signal)
  t.same(waits, [5000, 10_000])
  t.match(tries, [{ status: 429, code: 'RATE_LIMITED', waitedMs: 0 }, { status: 429, code: 'RATE_LIMITED', waitedMs: 5000 }, { status: 200, code: null, waitedMs: 10_000 }])
  t.equal(passed.count, 3, 'each try has leave of its own')
  t.match(log(), /"code":"RATE_LIMITED".*massive wants fewer requests \(HTTP 429: You've exceeded.*; asked again in 5\.0 s/)
})

await t.test('Retry-After is waited for instead, in seconds or until a date, and five minutes at most', async (t) => {
  const { client, waits, server } = await world(t, { fault: first(FAULTS.limitedFor('7'), FAULTS.busyFor('Mon, 05 Jan 2026 12:02:00 GMT')) })
  await client.ask(QUESTION, signal)
  t.same(waits, [7000, 120_000])
  waits.length = 0
  server.fault = first(FAULTS.limitedFor('0'), FAULTS.limitedFor('soon'))
  await client.ask(QUESTION, signal)
  t.same(waits, [0, 10_000], 'one that cannot be read is none')
  waits.length = 0
  server.fault = () => FAULTS.limitedFor('301')
  t.match(await failureOf(client.ask(QUESTION, signal)), { code: 'RATE_LIMITED', stops: true, message: 'massive asks not to be asked again before 2026-01-05T12:05:01.000Z', tries: [{ status: 429 }] })
  t.same(waits, [])
})

await t.test('after the last try the failure tells of all of them', async (t) => {
  const { client, waits, server, log } = await world(t, { fault: () => FAULTS.broken })
  const failure = await failureOf(client.ask(QUESTION, signal))
  t.match(failure, { name: 'AskFailure', code: 'PROVIDER_UNAVAILABLE', stops: false, message: 'massive cannot answer now (HTTP 500: internal error)' })
  t.same(failure.tries.map(({ status, code }) => [status, code]), Array.from({ length: 3 }, () => [500, 'PROVIDER_UNAVAILABLE']))
  t.same([waits, server.requests.length], [[1000, 2000], 3])
  t.equal(log().trim().split('\n').length, 2)
})

await t.test('refusals end at once: a wrong key and a plan that does not cover it stop the provider, and no such symbol is an answer', async (t) => {
  const { client, waits, server } = await world(t)
  const asked = async (fault: RestFault): Promise<unknown> => {
    server.fault = first(fault)
    return client.ask(QUESTION, signal).catch((error: unknown) => error)
  }
  t.match(await asked(FAULTS.unknownKey), { code: 'PROVIDER_KEY_REFUSED', stops: true, message: 'massive refuses the key (HTTP 401: Unknown API Key)', hint: /MASSIVE_API_KEY/ })
  t.match(await asked(FAULTS.notEntitled), { code: 'PROVIDER_NOT_ENTITLED', stops: true, message: /You are not entitled to this data/ })
  t.match(await asked({ status: 400, body: '{"status":"ERROR","error":"no such thing"}' }), { code: 'PROVIDER_REFUSED', stops: false, message: 'massive refuses the request (HTTP 400: no such thing)' })
  t.match(await asked(FAULTS.notFound), { body: null, tries: [{ status: 404, code: null }] })
  t.match(await asked({ status: 404, body: '<html>' }), { body: null })
  for (const fault of [FAULTS.huge, FAULTS.redirectElsewhere, FAULTS.redirectInCircles]) t.match(await asked(fault), { stops: false, tries: { length: 1 } })
  t.same(waits, [])
})

await t.test('what is no bars but came well is an answer, which its reader judges once it is kept', async (t) => {
  const { client, server } = await world(t)
  for (const fault of [FAULTS.html, FAULTS.empty, FAULTS.truncatedJson, FAULTS.otherStatus]) {
    server.fault = first(fault)
    t.ok((await client.ask(QUESTION, signal)).body)
  }
  t.equal(server.requests.length, 4)
})

await t.test('leave that was of no use is given back: where nothing was sent', async (t) => {
  const refused = await world(t)
  await refused.server.close()
  refused.server.close = async () => {}
  t.match(await failureOf(refused.client.ask(QUESTION, signal)), { code: 'HTTP_UNREACHABLE', tries: [{ status: null, code: 'HTTP_UNREACHABLE', bytes: 0 }, {}, {}] })
  t.same(refused.passed, { count: 3, givenBack: 3 })
  const reset = await world(t, { fault: () => FAULTS.reset })
  await failureOf(reset.client.ask(QUESTION, signal))
  t.same(reset.passed, { count: 3, givenBack: 0 }, 'a server that breaks the connection may have counted it')
  const stop = new AbortController()
  const givenBack: string[] = []
  const { client, server } = await world(t, {}, { gate: { pass: async () => {
    stop.abort(new Error('stopped'))
    return { giveBack: async () => void givenBack.push('back') }
  } } })
  await t.rejects(client.ask(QUESTION, stop.signal), { message: 'stopped' })
  t.same([givenBack, server.requests.length], [['back'], 0])
})

await t.test('where no more may be sent the failure says so and stops; what is wrong with us is thrown as it is', async (t) => {
  const used = await world(t, {}, { gate: { pass: () => Promise.reject(new SourceError('USED_UP', 'no more this month', { hint: 'wait' })) } })
  t.match(await failureOf(used.client.ask(QUESTION, signal)), { code: 'USED_UP', message: 'no more this month', hint: 'wait', stops: true, tries: [] })
  t.equal(used.server.requests.length, 0)
  const broken = await world(t, {}, { gate: { pass: () => Promise.reject(new TypeError('a mistake')) } })
  await t.rejects(broken.client.ask(QUESTION, signal), { name: 'TypeError', message: 'a mistake' })
})

await t.test('asking ends when it is aborted, also while it waits for the next try', async (t) => {
  const stop = new AbortController()
  const { client } = await world(t, { fault: () => FAULTS.broken }, { tools: { delay: async (_ms, signal) => {
    stop.abort(new Error('stopped'))
    signal.throwIfAborted()
  } } })
  await t.rejects(client.ask(QUESTION, stop.signal), { message: 'stopped' })
})

await t.test('what the environment says is checked before anything is asked', async (t) => {
  const { server } = await world(t)
  const clientWith = (env: Record<string, string>) => () => new ProviderClient(MASSIVE_REST, { env, gate: { pass: () => Promise.reject(new Error('not asked')) }, log: pino({ enabled: false }), connections: 1, now: () => new Date(0) })
  t.throws(clientWith({}), { name: 'UsageError', code: 'PROVIDER_KEY_MISSING', message: 'MASSIVE_API_KEY environment variable not set' })
  t.throws(clientWith({ ...server.env, MASSIVE_API_KEY: 'a b' }), { code: 'PROVIDER_KEY_INVALID' })
  t.throws(clientWith({ ...server.env, MASSIVE_API_BASE_URL: 'https://user:pass@host' }), { code: 'HTTP_BASE_URL', message: /^MASSIVE_API_BASE_URL / })
  for (const timeout of ['0', '-1', 'x', '3601', '1e3', 'Infinity']) t.throws(clientWith({ ...server.env, MASSIVE_API_TIMEOUT: timeout }), { code: 'PROVIDER_TIMEOUT_INVALID', message: /^MASSIVE_API_TIMEOUT / }, timeout)
  t.doesNotThrow(clientWith({ MASSIVE_API_KEY: ' key ', MASSIVE_API_BASE_URL: '', MASSIVE_API_TIMEOUT: '0.5' }))
})

await t.test('a timeout is as long as the environment says', async (t) => {
  const server = await startRestServer({ fault: first(FAULTS.delay(5000), { dripMs: 20 }) })
  t.teardown(() => server.close())
  const { client } = await world(t, {}, { env: { ...server.env, MASSIVE_API_TIMEOUT: '1' } })
  const { tries } = await client.ask(QUESTION, signal)
  t.match(tries, [{ status: null, code: 'HTTP_TIMEOUT' }, { status: 200, code: 'HTTP_TIMEOUT' }, { status: 200, code: null }])
})

/** Reads a page and keeps what it was called with. */
function reader(called: [string, number][] = []): (body: Buffer, firstRow: number) => BarsPage {
  return (body, firstRow) => {
    called.push([body.toString(), firstRow])
    return MASSIVE_REST.bars.read(body, 'AAPL', { timespan: 'day', periods: timespanNamed('hour').periods({ start: isoDate('2025-11-25'), end: isoDate('2025-12-01') }), tally: new Tally(10), firstRow })
  }
}

const HOURS = { ...MASSIVE_REST.bars.question('AAPL', 'hour', { start: isoDate('2025-11-25'), end: isoDate('2025-12-01') }, new Date()) }
const inPages = (limit: number): Question => ({ ...HOURS, query: { ...HOURS.query, limit: String(limit) } })

await t.test('an answer of several pages is followed on our own host, its rows numbered through', async (t) => {
  const { client, server, passed } = await world(t)
  const called: [string, number][] = []
  const got: { body: Buffer | null; page: BarsPage | null; asked: Asked }[] = []
  for await (const page of answers(client, inPages(1000), reader(called), signal)) got.push(page)
  t.same(got.map(({ page }) => page?.rows), called.map(([text]) => (JSON.parse(text) as { resultsCount: number }).resultsCount))
  t.ok(got.length > 2 && got.every(({ body, asked }, index) => body === asked.body && body!.toString() === called[index]![0]))
  t.same(got.flatMap(({ page }) => page!.bars.map(({ line }) => line)), Array.from({ length: 61 }, (_, row) => row + 1))
  t.same(got.flatMap(({ page }) => page!.bars.map(({ close }) => close)), server.market.bars('AAPL', 'hour', { start: '2025-11-25', end: '2025-12-01' }).map(({ close }) => close))
  t.equal(server.requests.length, got.length)
  t.equal(passed.count, got.length)
  for (const { headers, url } of server.requests) t.same([headers.authorization, url.includes(server.key)], [`Bearer ${server.key}`, false])
})

await t.test('a page is asked for when the one before it has been taken', async (t) => {
  const { client, server } = await world(t)
  for await (const { page } of answers(client, inPages(1000), reader(), signal)) {
    t.ok(page?.next)
    break
  }
  t.equal(server.requests.length, 1)
})

await t.test('an answer that leads to a page it has had, or to more than there can be, is refused', async (t) => {
  const { client, server } = await world(t, { fault: () => FAULTS.nextLoop })
  const all = async (pages: AsyncIterable<unknown>): Promise<number> => {
    let count = 0
    for await (const _ of pages) count++
    return count
  }
  await t.rejects(all(answers(client, inPages(50_000), reader(), signal)), { code: 'ANSWER_LOOP', name: 'SourceError' })
  t.equal(server.requests.length, 1)
  let asked = 0
  const endless = { ask: async () => ({ body: Buffer.from('x'), tries: [], durationMs: asked++ }) }
  await t.rejects(all(answers(endless, HOURS, () => ({ rows: 1, bars: [], next: { path: `/${asked}`, query: {} } }), signal)), { code: 'ANSWER_ENDLESS' })
  t.equal(asked, 1000)
})

await t.test('no such symbol is one answer without a body, and what the reader throws passes through after the body was given to it', async (t) => {
  const { client, server } = await world(t, { fault: () => FAULTS.notFound })
  const got: unknown[] = []
  for await (const page of answers(client, HOURS, () => t.fail('nothing to read') as never, signal)) got.push(page)
  t.match(got, [{ body: null, page: null, asked: { tries: [{ status: 404 }] } }])
  server.fault = () => FAULTS.html
  const called: [string, number][] = []
  await t.rejects(answers(client, HOURS, reader(called), signal).next(), { code: 'ANSWER_NOT_JSON' })
  t.match(called, [[/nginx/, 1]])
})

await t.test('the key is in nothing that is returned, thrown or logged, whatever comes back', async (t) => {
  const { client, server, log } = await world(t)
  const { key } = server
  const echo = (status: number): RestFault => ({ status, body: JSON.stringify({ error: `no such key: ${key}`, message: encodeURIComponent(key) }) })
  const written = [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]
  const faults: RestFault[] = [
    FAULTS.repeatsKey(key), echo(200), echo(400), echo(401), echo(403), echo(429), echo(500), { body: `<html>${key}</html>` },
    { status: 302, headers: () => ({ location: `https://elsewhere.invalid/?apiKey=${key}` }) }, { headers: () => ({ 'content-encoding': key }) }, { ...echo(429), headers: () => ({ 'retry-after': key }) },
    FAULTS.reset, FAULTS.cut, FAULTS.tooShort, FAULTS.damagedGzip,
  ]
  for (const [index, fault] of faults.entries()) {
    server.fault = () => fault
    const tries: Try[] = []
    const outcome = await client.ask(QUESTION, signal, (tried) => tries.push(tried)).catch((error: unknown) => error)
    const body = (outcome as Partial<Asked>).body?.toString() ?? ''
    const seen = [inspect(outcome, { depth: 20, showHidden: true, maxStringLength: null }), JSON.stringify(outcome), body, inspect(tries), log(), outcome instanceof Error ? String(outcome.stack) : ''].join('\n')
    for (const text of written) t.notOk(seen.includes(text), `fault ${index}`)
  }
  server.fault = () => FAULTS.repeatsKey(key)
  const { body } = await client.ask(QUESTION, signal)
  t.equal((JSON.parse(body!.toString()) as { note: string }).note, 'your key REDACTED or REDACTED or REDACTED')
  t.notOk(inspect(client, { depth: 20, showHidden: true }).includes(key), 'nor in the client itself, should it be logged')
})
