import { writeFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { callProgram } from '../helpers/call-program.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { runProgram, startProgram } from '../helpers/process.js'
import { FAULTS } from '../helpers/rest-faults.js'
import { REST_KEY, startRestServer } from '../helpers/rest-server.js'
import { faultsOfFiles, fetchedState, FetchHome, tracesOf } from './fetching.js'

t.setTimeout(300_000)
const { url, pool } = await freshDatabase(t)
const SYMBOLS = ['AAPL', 'BBB', 'CCC', 'DDD']
const MANY = Array.from({ length: 8 }, (_, index) => `M${index}`)
const server = await startRestServer({ securities: Object.fromEntries([...SYMBOLS, ...MANY].map((symbol) => [symbol, {}])) })
t.teardown(() => server.close())
const dates = ['--start', '2025-01-02', '--end', '2025-01-10']
const line = ['fetch', '--provider', 'massive', '--symbols', SYMBOLS.join(','), ...dates, '--job', 'j']
const resume = ['fetch', '--resume', 'j']

interface Document {
  exit_code: number
  state: string
  alive: boolean
  progress: number
  error?: { code: string }
  symbols: { symbol: string; units: unknown[] }[]
  stopped: { code: string } | null
}

/** An empty database and what the program is started with, within limits. */
async function place(t: Test, limits = ''): Promise<{ home: FetchHome; env: Record<string, string> }> {
  await empty(pool)
  server.requests.length = 0
  server.fault = () => undefined
  const home = new FetchHome(t.testdir({}))
  return { home, env: { ...server.env, DATABASE_URL: url, OHLCV_HOME: home.folder, OHLCV_FETCH_LANES: '1', OHLCV_PROVIDERS: limitsIn(home, limits) } }
}

function limitsIn({ folder }: FetchHome, limits: string): string {
  const file = path.join(folder, 'limits.yaml')
  writeFileSync(file, `providers:\n  massive: { priority: 1, tier: primary${limits} }\n`)
  return file
}

/** Has the answer to a request for such a URL wait until the function returned is called. */
function waitingFor(pattern: RegExp): () => void {
  let delayMs = 60_000
  server.fault = ({ url }) => (pattern.test(url) ? FAULTS.delay(delayMs) : undefined)
  return () => (delayMs = 0)
}

const askedOf = async (pattern: RegExp): Promise<void> => {
  while (!server.requests.some(({ url }) => pattern.test(url))) await new Promise((resolve) => setTimeout(resolve, 5))
}
const documentOf = ({ stdout }: { stdout: string }): Document => JSON.parse(stdout) as Document
const othersIn = async () => (await pool.query(`select from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`)).rowCount

let clean: Awaited<ReturnType<typeof fetchedState>>
await t.test('a job that nothing disturbs; resumed, a finished one does nothing', async (t) => {
  const { home, env } = await place(t)
  t.equal((await callProgram(line, env)).code, 0)
  clean = await fetchedState(pool)
  const [asked, kept] = [server.requests.length, home.keptAnswers().size]
  const { code, stdout } = await callProgram([...resume, '--json'], env)
  t.match([code, documentOf({ stdout })], [0, { state: 'completed', symbols: [], finished_before: SYMBOLS.length, not_reached: 0 }])
  t.same([server.requests.length, home.keptAnswers().size], [asked, kept], 'nothing is asked for')
  t.same(await fetchedState(pool), clean)
})

await t.test('the status of a job tells how far it has come while it runs, that its process has died, and how to go on', async (t) => {
  const { env } = await place(t)
  waitingFor(/CCC\/range\/1\/week/)
  const job = startProgram(t, line, env)
  await askedOf(/CCC\/range\/1\/week/)
  const status = ['fetch', '--status', 'j']
  t.match(documentOf(await callProgram([...status, '--json'], env)), { state: 'running', alive: true, progress: 50, message: 'Processed 2/4 symbols' })
  t.match((await callProgram(status, env)).stdout, /^job j: running, 50\.0 % done\n/)
  const second = await callProgram([...resume, '--json'], env)
  t.match([second.code, documentOf(second)], [2, { error: { code: 'JOB_RUNNING' } }])
  job.kill('SIGKILL')
  await job.ended
  while (await othersIn()) await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(documentOf(await callProgram([...status, '--json'], env)), { state: 'running', alive: false, progress: 50 })
  t.match((await callProgram(status, env)).stdout, /^job j: running when its process died, 50\.0 % done; go on with: ohlcv fetch --resume j\n/)
  server.fault = () => undefined
  t.equal((await callProgram(resume, env)).code, 0)
  t.same(await fetchedState(pool), clean)
  t.match((await callProgram(status, env)).stdout, /^job j: completed, 100\.0 % done\n/)
})

await t.test('of two processes that resume a dead job at once one works on it, and the other is told so', async (t) => {
  const { home, env } = await place(t)
  t.equal((await runProgram(t, line, { ...env, OHLCV_FAILPOINT: 'fetch-merged:3' })).signal, 'SIGKILL')
  // The first answer takes longer than the other process needs to begin.
  server.requests.length = 0
  server.fault = () => (server.requests.length <= 1 ? FAULTS.delay(2500) : undefined)
  const ends = await Promise.all([1, 2].map(() => runProgram(t, [...resume, '--json'], env)))
  t.same(ends.map(({ code }) => code).toSorted((a, b) => a! - b!), [0, 2])
  t.equal(documentOf(ends.find(({ code }) => code === 2)!).error?.code, 'JOB_RUNNING')
  t.same(await fetchedState(pool), clean)
  t.same(await faultsOfFiles(pool, home, 'j'), [])
})

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  await t.test(`${signal} while an answer is waited for: what was stored stays, the job is interrupted, and goes on from there`, async (t) => {
    const { home, env } = await place(t)
    waitingFor(/BBB\/range\/1\/week/)
    const job = startProgram(t, [...line, '--json'], env)
    await askedOf(/BBB\/range\/1\/week/)
    const stopped = performance.now()
    job.kill(signal)
    const ended = await job.ended
    t.ok(performance.now() - stopped < 3000)
    t.equal(ended.code, code)
    t.match(documentOf(ended), { exit_code: code, state: 'interrupted', not_reached: 2, symbols: [{ symbol: 'AAPL', units: { length: 4 } }, { symbol: 'BBB', units: { length: 2 } }] })
    t.same((await pool.query('select j.state, r.status, r.exit_code from jobs j join ingestion_runs r using (run_id)')).rows, [{ state: 'interrupted', status: 'interrupted', exit_code: code }])
    t.same(await faultsOfFiles(pool, home, 'j'), [])
    t.equal(await othersIn(), 0, 'no connection is left')
    const asked = server.requests.length
    server.fault = () => undefined
    t.equal((await callProgram(resume, env)).code, 0)
    t.equal(server.requests.length, SYMBOLS.length * 5 + 1, `only what was under way is asked for again, after ${asked} requests`)
    t.same(await fetchedState(pool), clean)
  })
}

/** Requests that the server had, against those that are counted. */
async function countsOfRequests(): Promise<{ asked: number; counted: number; reserved: number }> {
  const { rows } = await pool.query<{ counted: number; reserved: number }>(`
    select (select used::integer from provider_quota where period = 'month') as counted, (select count(*)::integer from provider_requests) as reserved`)
  return { asked: server.requests.length, ...rows[0]! }
}

await t.test('requests that were reserved and not sent are given back when the job is stopped', async (t) => {
  const { env } = await place(t, ', per_second: 2, monthly_limit: 1000')
  const job = startProgram(t, ['fetch', '--provider', 'massive', '--symbols', MANY.join(','), ...dates, '--timespan', 'day', '--job', 'j'], { ...env, OHLCV_FETCH_LANES: '8' })
  while (server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5))
  job.kill('SIGINT')
  t.equal((await job.ended).code, 130)
  const { asked, counted, reserved } = await countsOfRequests()
  t.same([counted, reserved], [asked, asked])
})

/** The most requests that came within a second, once both processes have their connections: what the first requests take longer is no matter of the quota. */
function mostInASecond(): number {
  const begun = server.requests[0]!.at + 1000
  const times = server.requests.map(({ at }) => at).filter((at) => at > begun).sort((a, b) => a - b)
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length))
}

await t.test('two processes with one quota stay within it: of a second, and of a month', async (t) => {
  const { home, env } = await place(t, ', per_second: 15')
  const halves = [MANY.slice(0, 4), MANY.slice(4)]
  const jobs = halves.map((symbols, index) => ['fetch', '--provider', 'massive', '--symbols', symbols.join(','), ...dates, '--job', `half-${index}`])
  const ends = await Promise.all(jobs.map((job) => runProgram(t, job, { ...env, OHLCV_FETCH_LANES: '8' })))
  t.same(ends.map(({ code }) => code), [0, 0])
  t.equal(server.requests.length, MANY.length * 5)
  t.ok(mostInASecond() <= 15, `${mostInASecond()} in a second`)

  await empty(pool)
  server.requests.length = 0
  // Fewer than either needs: neither ends before the other has begun.
  limitsIn(home, ', monthly_limit: 15')
  const limited = await Promise.all(jobs.map((job) => runProgram(t, [...job, '--json'], { ...env, OHLCV_FETCH_LANES: '8' })))
  t.same(limited.map((end) => [end.code, documentOf(end).stopped?.code]), [[3, 'QUOTA_USED_UP'], [3, 'QUOTA_USED_UP']])
  t.equal(server.requests.length, 15)
  limitsIn(home, ', monthly_limit: 1000')
  for (const index of [0, 1]) t.equal((await callProgram(['fetch', '--resume', `half-${index}`], env)).code, 0)
  t.equal((await countsOfRequests()).counted, server.requests.length)
  t.equal(server.requests.length, MANY.length * 5)
})

await t.test('the key is in nothing that is printed or written, however a job ends', async (t) => {
  const { home, env } = await place(t)
  const said: string[] = []
  const runs: [string, number, typeof server.fault, Record<string, string>?][] = [
    ['whose answers repeat the key', 0, () => FAULTS.repeatsKey(REST_KEY)],
    ['whose key is refused', 2, () => FAULTS.unknownKey],
    ['that is not entitled, by an answer that repeats the key', 3, () => ({ ...FAULTS.notEntitled, body: `{"status":"NOT_AUTHORIZED","message":"key ${REST_KEY} may not: ${encodeURIComponent(REST_KEY)}"}` })],
    ['that is sent elsewhere', 3, () => ({ ...FAULTS.redirectElsewhere, headers: () => ({ location: `https://elsewhere.invalid/?apiKey=${encodeURIComponent(REST_KEY)}` }) })],
    ['whose base URL holds the key', 2, () => undefined, { MASSIVE_API_BASE_URL: `http://127.0.0.1:1/?apiKey=${encodeURIComponent(REST_KEY)}` }],
  ]
  for (const [index, [what, exit, fault, more]] of runs.entries()) {
    server.fault = fault
    const { code, stdout, stderr } = await callProgram(['fetch', '--provider', 'massive', '--symbols', 'AAPL', ...dates, '--timespan', 'day', '-v', '--job', `j${index}`, ...(index % 2 ? ['--json'] : [])], { ...env, ...more })
    t.equal(code, exit, `a job ${what}`)
    const status = await callProgram(['fetch', '--status', `j${index}`, '--json'], env)
    said.push(stdout, stderr, status.stdout, status.stderr)
  }
  for (const more of [['fetches', '--json'], ['providers', '--json'], ['runs', '--json']]) said.push((await callProgram(more, env)).stdout)
  t.same(await tracesOf(REST_KEY, pool, home, said), [])
  const traces = await tracesOf('AAPL', pool, home, said)
  t.ok(['fetches', 'ingestion_audit', 'jobs'].every((table) => traces.includes(table)) && traces.some((trace) => trace.endsWith('.json.gz')) && traces.some((trace) => trace.endsWith('.jsonl')),
    'what is looked for would be found')
})
