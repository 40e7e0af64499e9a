import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { FETCH_FAILPOINTS } from '../../lib/domain/failpoint.js'
import { freshDatabase } from '../helpers/database.js'
import { runProgram, startProgram, type Ended } from '../helpers/process.js'
import { Random } from '../helpers/random.js'
import { PASSING, type RestFault } from '../helpers/rest-faults.js'
import { startRestServer, type RestServer } from '../helpers/rest-server.js'
import { faultsOfFiles, fetchedState, FetchHome, tracesOf } from './fetching.js'

t.setTimeout(3_600_000)

/** A few deaths with a fixed seed in the suite; `make fetches` has more of them, with another seed each time. */
const SYMBOLS = Number(process.env['CHOICE_SYMBOLS'] ?? 8)
const KILLS = Number(process.env['CHOICE_KILLS'] ?? 3)
const SEED = Number(process.env['FETCHES_SEED'] ?? 1)

const RANGE = { start: '2024-12-02', end: '2025-01-31' }
const LANES = 3
/** Of the answers, those that fail at random. */
const FAILING = 0.1
const MOST_RESUMES = 10
/** Requests a day: of all but the last so few that they run out. */
const PER_DAY: Readonly<Record<string, number>> = { massive: Math.ceil(SYMBOLS * 1.4), alpha_vantage: Math.ceil(SYMBOLS / 2), stooq: SYMBOLS, yahoo: 100_000 }
/** Whose fill stands over those after it; the others fill nothing. */
const FILL: ReadonlySet<string> = new Set(['massive', 'alpha_vantage', 'yahoo'])

await t.test(`a fetch of ${SYMBOLS} symbols by four providers that fail, lack days or run out, killed ${KILLS} times, has of each day the bar of the best that gave it (seed ${SEED})`, async (t) => {
  t.comment(`seed ${SEED}; again with: make fetches FETCHES_SEED=${SEED} CHOICE_SYMBOLS=${SYMBOLS} CHOICE_KILLS=${KILLS}`)
  const random = new Random(SEED)
  const { url, pool } = await freshDatabase(t)
  const home = new FetchHome(t.testdir({}))
  const symbols = Array.from({ length: SYMBOLS }, (_, index) => `S${String(index).padStart(3, '0')}`)
  const security = { first: '2024-12-02', last: '2025-01-31', splits: [{ date: '2025-01-08', from: 1, to: 4 }] }
  // Each has a market of its own, so that each bar says whose it is.
  const servers = await Promise.all((['massive', 'alpha_vantage', 'stooq', 'yahoo'] as const).map((dialect, index) =>
    startRestServer({ dialect, seed: SEED * 10 + index, whole: true, securities: Object.fromEntries(symbols.map((symbol) => [symbol, security])) })))
  t.teardown(() => Promise.all(servers.map((server) => server.close())))
  const some: RestFault = { rows: (rows) => rows.slice(0, Math.floor(rows.length / 2)) }
  for (const server of servers) {
    server.fault = ({ url }) => {
      const { provider } = server.dialect
      if (random.chance(FAILING)) return random.pick(PASSING)
      // Half of the days of a symbol, always of the same ones.
      return (provider === 'massive' || provider === 'alpha_vantage') && /S\d\d[13579]/.test(url) ? some : undefined
    }
  }
  const limits = path.join(home.folder, 'limits.yaml')
  writeFileSync(limits, `providers:\n${servers.map(({ dialect: { provider } }, index) => `  ${provider}:\n    priority: ${index + 1}\n    tier: ${['primary', 'primary', 'secondary', 'fallback'][index]!}\n    per_day: ${PER_DAY[provider]!}\n`).join('')}`)
  const env = { ...Object.assign({}, ...servers.map((server) => server.env)) as Record<string, string>, DATABASE_URL: url, OHLCV_HOME: home.folder, OHLCV_PROVIDERS: limits, OHLCV_FETCH_LANES: String(LANES) }
  const begin = ['fetch', '--symbols', symbols.join(','), '--timespan', 'day,week,month', '--start', RANGE.start, '--end', RANGE.end, '--job', 'j']
  const resume = ['fetch', '--resume', 'j', '--json']
  const ends: Ended[] = []

  for (let kills = 0; kills < KILLS; kills++) {
    const atFailpoint = random.chance(0.5) ? { OHLCV_FAILPOINT: `${random.pick(FETCH_FAILPOINTS.slice(1))}:${1 + random.below(4)}` } : undefined
    const program = startProgram(t, ends.length === 0 ? begin : resume, { ...env, ...atFailpoint })
    await program.says(/JOB j/).catch(() => undefined)
    if (!atFailpoint) {
      await Promise.race([delay(random.below(600)), program.ended])
      program.kill('SIGKILL')
    }
    const end = await program.ended
    ends.push(end)
    if (end.signal !== 'SIGKILL') break
    home.auditLines('j')
    home.keptAnswers()
  }
  let resumes = 0
  const isWhole = async (): Promise<boolean> => ends.at(-1)!.code === 0 && (await pool.query(`select from ingestion_audit where timespan = 'day' and code = 'HELD_BESIDE'`)).rowCount === 0
  do ends.push(await runProgram(t, resume, env))
  while (!(await isWhole()) && ++resumes < MOST_RESUMES)
  t.equal(ends.at(-1)!.code, 0, 'the last of them ended well', { end: ends.at(-1)!.stderr.slice(-2000) })

  t.same((await pool.query('select symbol, timespan, part, count(*)::int from ingestion_audit group by 1, 2, 3 having count(*) <> 1')).rows, [], 'one line of the audit a unit')
  t.same((await pool.query(`select count(*)::int as units from ingestion_audit where status in ('stored', 'unchanged')`)).rows, [{ units: SYMBOLS * 3 }])
  t.same(await faultsOfFiles(pool, home, 'j'), [])
  for (const { dialect: { provider }, requests } of servers) t.ok(requests.length <= PER_DAY[provider]!, `${provider} was asked ${requests.length} times of at most ${PER_DAY[provider]!}`)
  t.comment(servers.map(({ dialect: { provider }, requests }) => `${provider} ${requests.length}`).join(', '), `resumed ${resumes} times`)

  await t.test('of each day the bar of the best provider that gave it, digit for digit', async (t) => {
    const bars = (server: RestServer, symbol: string) => server.market.bars(symbol, 'day', RANGE)
    const { rows: beside } = await pool.query<{ key: string; provider: string }>(`
      select symbol || ' ' || time as key, provider from provider_bars b join ticker_symbols s using (symbol_id) where timespan = 'day' and basis = 'none'`)
    const gave = new Set(beside.map(({ key, provider }) => `${provider} ${key}`))
    const expected = symbols.flatMap((symbol) => servers.map((server) => bars(server, symbol)).reduce((days, of) => (days.length >= of.length ? days : of)).flatMap(({ date }) => {
      const server = servers.filter(({ dialect: { provider } }) => FILL.has(provider)).find(({ dialect: { provider } }) => gave.has(`${provider} ${symbol} ${date}`))
      const bar = server && bars(server, symbol).find((bar) => bar.date === date)
      return server && bar ? [[symbol, date, bar.open, bar.high, bar.low, bar.close, bar.volume, server.dialect.provider].join('|')] : []
    })).toSorted()
    const { rows } = await pool.query<{ bar: string }>(`
      select concat_ws('|', symbol, time, trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close), trim_scale(volume), filled_by) as bar from ohlcv_daily b join ticker_symbols s using (symbol_id)`)
    t.same(rows.map(({ bar }) => bar).toSorted(), expected)
    t.equal(expected.length, SYMBOLS * 41, 'which is every session')
  })

  const before = JSON.stringify(await fetchedState(pool))
  const replayed = await runProgram(t, ['fetches', 'replay', '--json'], { DATABASE_URL: url, OHLCV_HOME: home.folder })
  t.equal(replayed.code, 0, 'replay ended well', { stdout: replayed.stdout })
  t.equal(JSON.stringify(await fetchedState(pool)) === before, true, 'a replay of the kept answers changes nothing')
  t.same(await tracesOf(servers[0]!.key, pool, home, [...ends, replayed].flatMap(({ stdout, stderr }) => [stdout, stderr])), [], 'the key is nowhere')
})
