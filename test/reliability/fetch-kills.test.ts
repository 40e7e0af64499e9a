import t, { type Test } from 'tap'
import { FETCH_FAILPOINTS, type Failpoint } from '../../lib/domain/failpoint.js'
import { callProgram } from '../helpers/call-program.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { registerSymbols } from '../helpers/load.js'
import { runProgram } from '../helpers/process.js'
import { startRestServer } from '../helpers/rest-server.js'
import { askedFor, faultsOfFiles, fetchedState, FetchHome } from './fetching.js'

t.setTimeout(300_000)
const { url, pool } = await freshDatabase(t)
const SYMBOLS = ['AAPL', 'NEW', 'YOUNG']
const server = await startRestServer({ securities: { AAPL: {}, NEW: { name: 'New of the tests' }, YOUNG: { first: '2025-01-08' } } })
t.teardown(() => server.close())

/** The vendors that are asked for daily bars too; what is killed is the same for all of them. */
const OTHERS = ['alpha_vantage', 'stooq', 'yahoo'] as const
const others = await Promise.all(OTHERS.map((dialect) => startRestServer({ dialect, whole: true, securities: { AAPL: { first: '2025-01-02', last: '2025-01-10', splits: [{ date: '2025-01-08', from: 1, to: 4 }] } } })))
t.teardown(() => Promise.all(others.map((other) => other.close())))
const SERVERS = [server, ...others]
const asked = (): number => SERVERS.reduce((sum, { requests }) => sum + requests.length, 0)
const MASSIVE = ['--provider', 'massive'] as const

const JOBS = {
  ...Object.fromEntries(OTHERS.map((provider) => [provider, ['--provider', provider, '--symbols', 'AAPL', '--timespan', 'day', '--start', '2025-01-02', '--end', '2025-01-10']])) as Record<(typeof OTHERS)[number], string[]>,
  symbols: [...MASSIVE, '--symbols', SYMBOLS.join(','), '--start', '2025-01-02', '--end', '2025-01-10'],
  minutes: [...MASSIVE, '--symbols', 'NEW', '--timespan', 'minute', '--start', '2024-12-30', '--end', '2025-01-03'],
  grouped: [...MASSIVE, '--grouped', '--start', '2025-01-07', '--end', '2025-01-10'],
} as const
type JobName = keyof typeof JOBS

const stateOf = async () => JSON.stringify(await fetchedState(pool), null, 1)

/** An empty database where one of the symbols is known, and what the program is started with. */
async function place(t: Test): Promise<{ home: FetchHome; env: Record<string, string> }> {
  await empty(pool)
  await registerSymbols(pool, ['AAPL'])
  for (const { requests } of SERVERS) requests.length = 0
  const home = new FetchHome(t.testdir({}))
  return { home, env: { ...Object.assign({}, ...SERVERS.map(({ env }) => env)) as Record<string, string>, DATABASE_URL: url, OHLCV_HOME: home.folder, OHLCV_FETCH_LANES: '1' } }
}

const clean = {} as Record<JobName, { state: string; requests: number }>
for (const name of Object.keys(JOBS) as JobName[]) {
  await t.test(`what killed jobs are compared with: a job of ${name} that nothing disturbs`, async (t) => {
    const { home, env } = await place(t)
    const { code, stderr } = await callProgram(['fetch', ...JOBS[name], '--job', 'j'], env)
    t.equal(code, 0, stderr)
    t.same(await faultsOfFiles(pool, home, 'j'), [])
    t.ok(SERVERS.flatMap((each) => [...askedFor(each).values()]).every((times) => times === 1))
    clean[name] = { state: await stateOf(), requests: asked() }
  })
}

const ONCE = new Set<Failpoint>(['fetch-opened', 'fetch-before-audit-file'])
/** Between these the unit under way has been asked for, and nothing of it is stored. */
const LOSES_A_UNIT = new Set<Failpoint>(['fetch-kept', 'fetch-copied', 'fetch-merged', 'fetch-before-commit'])
/** What is tried of the other kinds of jobs, and where twice, in the suite; `make torture` has each killed at each, and twice. */
const EACH = process.env['KILLS_EACH'] !== undefined
const FOR_ALL = new Set<Failpoint>(EACH ? FETCH_FAILPOINTS : ['fetch-before-commit'])
const TWICE = new Set<Failpoint>(EACH ? FETCH_FAILPOINTS : ['fetch-merged', 'fetch-after-commit'])

const isOther = (name: string): boolean => OTHERS.some((other) => other === name)

/** Which jobs are killed there. */
function killedAt(failpoint: Failpoint): JobName[] {
  return (Object.keys(JOBS) as JobName[]).filter((name) => name === 'symbols' || FOR_ALL.has(failpoint))
}

for (const failpoint of FETCH_FAILPOINTS) {
  for (const name of killedAt(failpoint)) {
    await t.test(`a job of ${name} killed at ${failpoint} and resumed ends as if nothing had happened`, async (t) => {
      const { home, env } = await place(t)
      const isTwice = TWICE.has(failpoint) && !ONCE.has(failpoint) && name !== 'minutes' && !isOther(name)
      const steps = isTwice ? [failpoint, `${failpoint}:2`] : [failpoint]
      for (const [index, step] of steps.entries()) {
        const line = index === 0 ? ['fetch', ...JOBS[name], '--job', 'j'] : ['fetch', '--resume', 'j']
        const killed = await runProgram(t, line, { ...env, OHLCV_FAILPOINT: step })
        t.same([killed.signal, killed.stdout], ['SIGKILL', ''], step)
        home.auditLines('j')
        home.keptAnswers()
      }
      const { code, stdout, stderr } = await callProgram(['fetch', '--resume', 'j'], env)
      t.equal(code, 0, `${stdout}${stderr}`)
      t.equal(await stateOf(), clean[name].state)
      t.same(await faultsOfFiles(pool, home, 'j'), [])
      t.equal(asked(), clean[name].requests + (LOSES_A_UNIT.has(failpoint) ? steps.length : 0), 'what was finished is not asked for again')
      const { rows } = await pool.query<{ status: string }>(`select status from ingestion_runs where command = 'fetch' order by run_id`)
      t.same(rows.map(({ status }) => status), [...steps.map(() => 'died'), 'succeeded'])
    })
  }
}
