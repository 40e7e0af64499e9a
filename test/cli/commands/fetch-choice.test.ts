import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { callProgram } from '../../helpers/call-program.js'
import { freshDatabase } from '../../helpers/database.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import { startRestServer } from '../../helpers/rest-server.js'

const { pool, url } = await freshDatabase(t)
const market = { securities: { SPY: {}, AAPL: {} }, whole: true }
const [massive, yahoo] = await Promise.all([startRestServer(market), startRestServer({ ...market, dialect: 'yahoo' })])
const home = mkdtempSync(path.join(tmpdir(), 'ohlcv-fetch-choice-'))
t.teardown(async () => {
  rmSync(home, { recursive: true, force: true })
  await Promise.all([massive.close(), yahoo.close()])
})

// One symbol after the other: what the first has shown decides of the second.
const ENV = { DATABASE_URL: url, OHLCV_HOME: home, OHLCV_FETCH_LANES: '1', ...massive.env, ...yahoo.env }
const LINE = ['fetch', '--symbols', 'SPY,AAPL', '--timespan', 'day', '--start', '2025-03-03', '--end', '2025-03-07']

await t.test('a dry run is of the first to be asked, with the limits of all', async (t) => {
  const { code, stdout } = await callProgram([...LINE, '--dry-run'], ENV)
  t.equal(code, 0)
  t.match(stdout, /^SPY, AAPL from massive, the first to be asked, 2025-03-03 to 2025-03-07\n/)
  t.match(stdout, /^massive +a month +50,000 +50,000 +4$/m)
  t.match(stdout, /^yahoo +a second +2 +- +4$/m)
  const { stdout: json } = await callProgram([...LINE, '--dry-run', '--json'], ENV)
  t.match(JSON.parse(json), { parameters: { provider: null }, provider: 'massive', requests: 4, quotas: [{ provider: 'massive', period: 'second' }, { provider: 'massive', period: 'month', left: 50_000 }, { provider: 'yahoo' }, { provider: 'yahoo', left: 200_000 }] })
  t.equal(massive.requests.length + yahoo.requests.length, 0)
})

await t.test('the summary tells who was asked, who gave, and who was passed over', async (t) => {
  massive.fault = ({ url }) => (url.includes('/AAPL/') ? FAULTS.notFound : undefined)
  const { code, stdout } = await callProgram([...LINE, '--job', 'chosen'], ENV)
  t.equal(code, 0, stdout)
  t.match(stdout, /^massive +2 +1 +1 +2 +5$/m)
  t.match(stdout, /^yahoo +1 +1 +0 +1 +5$/m)
  const { rows } = await pool.query<{ symbol: string; reason: string }>(`select symbol, reason from ingestion_audit order by symbol desc`)
  t.match(rows, [
    { symbol: 'SPY', reason: 'massive (primary, not asked before): 5 of 5 expected bars; left out: alpha_vantage (ALPHA_VANTAGE_API_KEY is not set), stooq (STOOQ_API_KEY is not set)' },
    { symbol: 'AAPL', reason: /^massive \(primary, reward \d\.\d\d\): no bars; then yahoo \(fallback, not asked before\): 5 of 5 expected bars; left out: / },
  ])
})

await t.test('where nobody may be asked nothing begins, and it is told why of each', async (t) => {
  const limits = path.join(home, 'providers.yaml')
  writeFileSync(limits, 'providers: { yahoo: { priority: 1, tier: primary, enabled: false } }\n')
  const { code, stderr } = await callProgram(LINE, { DATABASE_URL: url, OHLCV_HOME: home, OHLCV_PROVIDERS: limits })
  t.equal(code, 2)
  t.match(stderr, /no provider can be asked: .*yahoo \(not enabled in providers\.yaml\)/)
  t.match(stderr, /MASSIVE_API_KEY is not set/)
})
