import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { sync } from '../../lib/cli/commands/sync/sync.js'
import { freshDatabase } from '../helpers/database.js'
import { startRestServer } from '../helpers/rest-server.js'
import { runCommand } from '../helpers/run-command.js'

// Five years as they were asked for: 1,256 sessions; the last of the dates is a holiday. FIVE_YEARS_SYMBOLS has it done for more symbols than the suite has time for.
const SESSIONS = 1256
const RANGE = ['--start', '2021-01-19', '--end', '2026-01-19']
const SYMBOLS = Array.from({ length: Number(process.env['FIVE_YEARS_SYMBOLS'] ?? 3) }, (_, index) => `S${String(index).padStart(3, '0')}`)

t.setTimeout(600_000)
await t.test('five years of symbols are fetched, stored, checked and told, and done again nothing changes', async (t) => {
  const now = '2026-01-20T12:00:00Z'
  const { pool } = await freshDatabase(t)
  const server = await startRestServer({ securities: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, {}])), now: () => new Date(now) })
  t.teardown(() => server.close())
  const home = mkdtempSync(path.join(tmpdir(), 'ohlcv-five-years-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  const run = () => runCommand(sync, ['sync', '--symbol', SYMBOLS.join(','), ...RANGE], { pool, now, env: server.env, settings: { home } })
  const bars = SYMBOLS.length * SESSIONS
  const first = await run()
  t.equal(first.exitCode, 0)
  t.match(first.json, {
    steps: { providers: { state: 'done', figures: { asked: { state: 'completed', bars, inserted: bars, failed: 0 } } }, quality: { state: 'done', figures: { dates: SESSIONS, bars } } },
    scores: SYMBOLS.map(() => ({ bars: SESSIONS, expected: SESSIONS })),
  })
  const { rows } = await pool.query('select symbol, count(*)::int as bars, min(time) as first, max(time) as last from ohlcv_daily join ticker_symbols using (symbol_id) group by symbol order by symbol')
  t.same(rows, SYMBOLS.map((symbol) => ({ symbol, bars: SESSIONS, first: '2021-01-19', last: '2026-01-16' })))
  t.match((await run()).json, { steps: { providers: { figures: { asked: { inserted: 0, unchanged: bars } } }, quality: { figures: { run: null, dates: 0 } } } })
})
