import { createHash } from 'node:crypto'
import path from 'node:path'
import t, { type Test } from 'tap'
import { openAnswers } from '../../../lib/transport/answers/answers.js'
import { fetchWorld, type Fetched, type FetchWorld } from '../../helpers/fetch-world.js'
import { FAULTS, type RestFault } from '../../helpers/rest-faults.js'

// What can be wrong with an answer, each through the whole of a fetch: a coded outcome, nothing half-written, what came kept as it came, and the job goes on.

const DECEMBER = { timespans: ['day' as const], start: '2025-12-01', end: '2025-12-31' }
const SESSIONS = 22

/** A world in which AAPL has all its bars of December, and SPY those of its first half. */
async function december(t: Test): Promise<FetchWorld> {
  const world = await fetchWorld(t, '2026-01-02T23:00:00Z')
  await world.fetch({ ...DECEMBER, symbols: ['AAPL'] })
  await world.fetch({ ...DECEMBER, symbols: ['SPY'], end: '2025-12-15' })
  return world
}

interface Unit { status: string; code: string | null; message: string | null; inserted: number; updated: number; unchanged: number; rejected: number; duplicates: number }
interface Document { state: string; stopped: { code: string } | null; warnings: string[]; symbols: { symbol: string; error: { code: string; message: string } | null; units: Unit[] }[]; totals: { requests: number } }

/** Fetches SPY with something wrong, and AAPL after it. */
async function withFault(world: FetchWorld, fault: RestFault, env: Record<string, string> = {}): Promise<Fetched & { spy: Document['symbols'][number]; said: Document }> {
  world.server.fault = ({ url }) => (url.includes('/SPY/range/') ? fault : undefined)
  const fetched = await world.fetch({ ...DECEMBER, lanes: 1, symbols: ['SPY', 'AAPL'] }, { env })
  const said = fetched.document as unknown as Document
  return { ...fetched, said, spy: said.symbols[0]! }
}

const latest = (world: FetchWorld, columns: string) => world.lines(`select ${columns} from fetches where symbol = 'SPY' order by fetch_id desc limit 1`)

/** Whether what the ledger says is kept of the latest answer is what it says. */
async function keptOf(world: FetchWorld): Promise<boolean[]> {
  const { rows } = await world.pool.query<{ pages: string[]; raw_hash: string; bytes: number; pulled_at: Date }>(`select pages, raw_hash, bytes, pulled_at from fetches where symbol = 'SPY' order by fetch_id desc limit 1`)
  const { pages, raw_hash: rawHash, bytes, pulled_at: at } = rows[0]!
  const answers = openAnswers(path.join(world.home, 'raw'), {})
  const bodies = await Promise.all(pages.map((page) => answers.get('massive', at, page)))
  const whole = Buffer.concat(bodies)
  return [createHash('sha256').update(whole).digest('hex') === rawHash, whole.length === bytes]
}

const refused: Record<string, { fault: RestFault; code: string; says: RegExp }> = {
  'a page for people': { fault: FAULTS.html, code: 'ANSWER_NOT_JSON', says: /begins with "<!DOCTYPE html>/ },
  'an empty body': { fault: FAULTS.empty, code: 'ANSWER_NOT_JSON', says: /it is empty/ },
  'JSON cut in the middle': { fault: FAULTS.truncatedJson, code: 'ANSWER_NOT_JSON', says: /have been cut/ },
  'another number of rows than it says': { fault: FAULTS.wrongCount, code: 'ANSWER_INCOMPLETE', says: /22 rows, and says 23/ },
  'nulls in more than one row of twenty': { fault: FAULTS.manyNulls, code: 'ANSWER_NULLS', says: /3 of the answer's 22 rows have a null, more than 5 %/ },
  'nothing but nulls': { fault: FAULTS.allNulls, code: 'ANSWER_NULLS', says: /22 of the answer's 22 rows/ },
  'a negative number': { fault: FAULTS.negative, code: 'ANSWER_NEGATIVE', says: /row 12: volume is -1/ },
  'a next page that was read already': { fault: FAULTS.nextLoop, code: 'ANSWER_LOOP', says: /read before/ },
  'a renamed field': { fault: FAULTS.renamedField, code: 'ANSWER_FORMAT', says: /results\[11\]\.o is missing/ },
  'a number as text': { fault: FAULTS.text, code: 'ANSWER_FORMAT', says: /results\[11\]\.c is no number/ },
  'rows that are null': { fault: FAULTS.rowsAreNull, code: 'ANSWER_FORMAT', says: /results\[0\] is no object/ },
  'no rows where there should be': { fault: FAULTS.resultsAreNull, code: 'ANSWER_FORMAT', says: /results is no Array/ },
  'a list': { fault: FAULTS.list, code: 'ANSWER_FORMAT', says: /status is missing|the answer is no/ },
  'bars of another symbol': { fault: FAULTS.otherSymbol, code: 'ANSWER_OTHER_SYMBOL', says: /about "OTHER", and SPY was asked for/ },
  'a status that is none': { fault: FAULTS.otherStatus, code: 'ANSWER_STATUS', says: /status is "ERROR"/ },
}

await t.test('answers that are not to be trusted are refused whole, kept as they came, and stop no other symbol', async (t) => {
  const world = await december(t)
  const before = await world.bars()
  for (const [what, { fault, code, says }] of Object.entries(refused)) {
    const { spy, said, waits } = await withFault(world, fault)
    t.match(spy, { error: { code, message: says }, units: [{ status: 'rejected', code, message: says, inserted: 0, updated: 0 }] }, what)
    t.match(spy.error!.message, /^SPY: /)
    t.match(said, { state: 'completed_with_errors', stopped: null, symbols: [{}, { error: null, units: [{ unchanged: SESSIONS }] }] }, `${what}: the job goes on`)
    t.same([said.totals.requests, waits], [2, []], `${what}: asked once, and counted`)
    t.same(await world.bars(), before, `${what}: no bar is touched`)
    t.same(await latest(world, 'status, code, tries, bars, inserted'), [`rejected|${code}|1|0|0`], what)
    t.same(await keptOf(world), [true, true], `${what}: kept as it came`)
    t.same(await world.lines(`select status, code, jsonb_array_length(tries), tries -> 0 ->> 'status' from ingestion_audit where symbol = 'SPY' order by audit_id desc limit 1`), [`rejected|${code}|1|200`], what)
  }
})

const failed: Record<string, { fault: RestFault; code: string; says: RegExp; waits?: number[]; env?: Record<string, string> }> = {
  'a connection that is reset': { fault: FAULTS.reset, code: 'HTTP_UNREACHABLE', says: /broke the connection before it answered/, waits: [1000, 2000] },
  'half a body': { fault: FAULTS.cut, code: 'HTTP_CUT', says: /cut its answer after \d+ bytes/, waits: [1000, 2000] },
  'a body shorter than it says': { fault: FAULTS.tooShort, code: 'HTTP_CUT', says: /cut its answer/, waits: [1000, 2000] },
  'damaged gzip': { fault: FAULTS.damagedGzip, code: 'HTTP_ENCODING', says: /damaged gzip data/, waits: [1000, 2000] },
  'gzip without its end': { fault: FAULTS.cutGzip, code: 'HTTP_ENCODING', says: /damaged gzip data/, waits: [1000, 2000] },
  'a hundred megabytes': { fault: FAULTS.huge, code: 'HTTP_TOO_LARGE', says: /more than 67108864 bytes/, waits: [] },
  'a hundred megabytes out of few': { fault: FAULTS.bomb, code: 'HTTP_TOO_LARGE', says: /more than 67108864 bytes once decompressed/, waits: [] },
  'a byte a second': { fault: FAULTS.drip, code: 'HTTP_TIMEOUT', says: /no end of it, within 0\.5 s/, waits: [1000, 2000], env: { MASSIVE_API_TIMEOUT: '0.5' } },
  'no answer in time': { fault: FAULTS.delay(5000), code: 'HTTP_TIMEOUT', says: /gave no answer within 0\.1 s/, waits: [1000, 2000], env: { MASSIVE_API_TIMEOUT: '0.1' } },
  'a redirect to another host': { fault: FAULTS.redirectElsewhere, code: 'HTTP_REDIRECTED', says: /redirects to https:\/\/elsewhere\.invalid, which is another server/, waits: [] },
  'an error of the server': { fault: FAULTS.broken, code: 'PROVIDER_UNAVAILABLE', says: /cannot answer now \(HTTP 500: internal error\)/, waits: [1000, 2000] },
  'too many requests': { fault: FAULTS.limited, code: 'RATE_LIMITED', says: /wants fewer requests \(HTTP 429/, waits: [5000, 10_000] },
  'too many requests, and how long to wait': { fault: FAULTS.limitedFor('7'), code: 'RATE_LIMITED', says: /wants fewer requests/, waits: [7000, 7000] },
}

await t.test('requests without an answer are made three times where that may help, and written down with every try', async (t) => {
  const world = await december(t)
  const before = await world.bars()
  for (const [what, { fault, code, says, waits = [], env }] of Object.entries(failed)) {
    const { spy, said, ...fetched } = await withFault(world, fault, env)
    const tries = waits.length + 1
    t.match(spy, { error: { code, message: says }, units: [{ status: 'failed', code, message: says }] }, what)
    t.match(said, { state: 'completed_with_errors', stopped: null, symbols: [{}, { error: null, units: [{ unchanged: SESSIONS }] }] }, `${what}: the job goes on`)
    t.same([said.totals.requests, fetched.waits.map(Math.round)], [tries + 1, waits], what)
    t.same(await world.bars(), before, `${what}: no bar is touched`)
    t.same(await latest(world, 'status, code, tries, pages, raw_hash, bars'), [`failed|${code}|${tries}|||0`], what)
    t.same(await world.lines(`select status, code, (select string_agg(coalesce(t ->> 'code', '-'), ' ') from jsonb_array_elements(tries) t) from ingestion_audit where symbol = 'SPY' order by audit_id desc limit 1`),
      [`failed|${code}|${Array(tries).fill(code).join(' ')}`], what)
  }
})

await t.test('a provider that refuses the key, the plan or more requests today is asked for nothing else, and a job that it stopped is finished by resuming it', async (t) => {
  const world = await december(t)
  const before = await world.bars()
  for (const [fault, code, says] of [
    [FAULTS.unknownKey, 'PROVIDER_KEY_REFUSED', /refuses the key \(HTTP 401: Unknown API Key\)/], [FAULTS.notEntitled, 'PROVIDER_NOT_ENTITLED', /does not give this to the plan of the key/],
    [FAULTS.limitedFor('7200'), 'RATE_LIMITED', /asks not to be asked again before 2026-01-03T01:00:00.000Z/],
  ] as const) {
    world.server.requests.length = 0
    const { spy, said, text, result } = await withFault(world, fault)
    t.match(spy, { error: { code, message: says }, units: [{ status: 'failed', code }] }, code)
    t.match(said, { state: 'failed', stopped: { code }, symbols: { length: 1 }, not_reached: 1 }, code)
    t.same([world.server.requests.length, await world.bars()], [1, before], code)
    t.match(text, says)
    t.match(text, `go on with: ohlcv fetch --resume ${result.jobId}`)
    world.server.fault = () => undefined
    const resumed = await world.fetch({}, { job: result.jobId, resume: true })
    t.match(resumed.units, [/^SPY day \w+ 22\/22 /, /^AAPL day \w+ 22\/22 /], `${code}: resumed`)
    t.same([resumed.result.state, (await world.counts()).day], ['completed', 2 * SESSIONS])
    before.splice(0, before.length, ...(await world.bars()))
  }
})

await t.test('a provider that refuses in the middle of a symbol: what was stored stays, and resuming asks for the rest alone', async (t) => {
  const world = await fetchWorld(t, '2026-01-02T23:00:00Z')
  world.server.fault = ({ url }) => (url.includes('/range/1/week/') ? FAULTS.unknownKey : undefined)
  const { result, document, units } = await world.fetch({ symbols: ['SPY', 'AAPL'], start: '2025-12-01', end: '2025-12-31', lanes: 1 })
  t.same(units, ['SPY hour stored 14/14 32 0 0 0', 'SPY day stored 22/22 22 0 0 0', 'SPY week failed PROVIDER_KEY_REFUSED null/4 0 0 0 0'])
  t.match(document, { state: 'failed', stopped: { code: 'PROVIDER_KEY_REFUSED' }, symbols: [{ error: { code: 'PROVIDER_KEY_REFUSED' } }], not_reached: 1 })
  t.match(await world.lines('select state, progress from jobs'), ['failed|50'])
  world.server.fault = () => undefined
  world.server.requests.length = 0
  const resumed = await world.fetch({}, { job: result.jobId, resume: true })
  t.match(resumed.units, [/^SPY week stored 4\/4 5 /, /^SPY month stored 1\/1 1 /, /^AAPL hour/, /^AAPL day/, /^AAPL week/, /^AAPL month/])
  t.same(world.server.requests.filter(({ url }) => url.includes('SPY')).length, 2)
  t.match(resumed.document, { state: 'completed', finished_before: 0, totals: { symbols_loaded: 2 } })
})

await t.test('what a provider says is told as one line that steers no terminal', async (t) => {
  const world = await december(t)
  const { spy, text, log } = await withFault(world, { status: 400, body: JSON.stringify({ error: 'no\u001b[2J\u009b31m\n\u202efailed: AAPL' }) })
  t.equal(spy.error?.message, 'SPY: massive refuses the request (HTTP 400: no [2J 31m failed: AAPL)')
  const { text: unknown } = await world.fetch({ ...DECEMBER, symbols: ['A\u001b[2J\u202eB'] })
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  for (const written of [text, unknown, ...log]) t.notMatch(written, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})
