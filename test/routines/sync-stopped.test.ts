import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { lastSessions } from '../../lib/calendar/publication.js'
import { InterruptedError } from '../../lib/domain/errors.js'
import { readSyncRequest } from '../../lib/routines/sync/request.js'
import { sync, type SyncPorts } from '../../lib/routines/sync/sync.js'
import { STEPS, type StepName } from '../../lib/routines/sync/steps.js'
import { exitCodeOfSync } from '../../lib/cli/commands/sync/exit-code.js'
import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'
import { readLimits } from '../../lib/providers/limits.js'
import { openAnswers } from '../../lib/transport/answers/answers.js'
import { callProgram } from '../helpers/call-program.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { manyBars, putDayFile, registerSymbols, requestOf, runtimeOf, wholeState } from '../helpers/load.js'
import { runProgram } from '../helpers/process.js'
import { startRestServer } from '../helpers/rest-server.js'

const { pool, url } = await freshDatabase(t)
const home = mkdtempSync(path.join(tmpdir(), 'ohlcv-sync-stopped-'))
t.teardown(() => rmSync(home, { recursive: true, force: true }))
const answers = openAnswers(path.join(home, 'raw'), {})
t.teardown(() => answers.close())
const limits = await readLimits(undefined, BAR_PROVIDERS)

const SYMBOLS = manyBars(20).map((bar) => bar.slice(0, 4))
const runs = async (): Promise<string[]> => (await pool.query<{ run: string }>(`select concat_ws(' ', command, status, exit_code) as run from ingestion_runs order by run_id`)).rows.map(({ run }) => run)

t.beforeEach(async () => {
  await empty(pool)
  await registerSymbols(pool, SYMBOLS)
})

await t.test('a signal between steps ends a sync there: what was done stays, the record says so, and the next does the rest', async (t) => {
  const server = await startRestServer({ securities: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, {}])), now: () => new Date('2025-03-13T00:15:00Z') })
  t.teardown(() => server.close())
  const source = t.testdir({})
  for (const date of ['2025-03-10', '2025-03-11']) putDayFile(source, date, manyBars(20))
  const { dates: _, exchange: _exchange, dry_run: _dry, publication, ...load } = requestOf(source, '2025-03-10', '2025-03-11')
  const request = readSyncRequest({ days: 3, load: { ...load, source: { uri: source } }, publication, lanes: 2, thresholds: {}, usual_percent: 90 })
  /** Syncs and is stopped as a step begins or ends. */
  const stoppedAt = async (begun: StepName | null, ended: StepName | null) => {
    const abort = new AbortController()
    const stop = () => abort.abort(new InterruptedError('SIGTERM'))
    const ports: SyncPorts = {
      dayFiles: { environment: { env: {}, stdin: process.stdin } }, asking: { env: server.env, limits, answers, auditFolder: path.join(home, 'audit') }, checking: { rules: [] },
      exitCodes: { ofLoad: () => 0, ofFetch: () => 0, ofFill: () => 0, ofSync: (result) => exitCodeOfSync(result, abort.signal), ofError: () => 1 },
      onStep: (name) => name === begun && stop(),
      onStepEnd: (name) => name === ended && stop(),
    }
    const result = await sync(runtimeOf(pool, { signal: abort.signal, now: new Date('2025-03-13T00:15:00Z') }), request, ports)
    return { states: STEPS.map((name) => result.steps[name].state), exitCode: exitCodeOfSync(result, abort.signal) }
  }
  t.same(await stoppedAt('day_files', null), { states: ['interrupted', ...STEPS.slice(1).map(() => 'not_reached')], exitCode: 143 })
  t.equal((await pool.query('select from ohlcv_daily')).rowCount, 0)
  t.same(await stoppedAt(null, 'day_files'), { states: ['done', ...STEPS.slice(1).map(() => 'not_reached')], exitCode: 143 })
  t.equal((await pool.query('select from ohlcv_daily')).rowCount, 40)
  t.same((await runs()).filter((run) => run.startsWith('sync')), ['sync interrupted 143', 'sync interrupted 143'])
  const whole = await stoppedAt(null, null)
  t.match(whole, { states: STEPS.map(() => 'done'), exitCode: 0 })
  t.equal((await pool.query('select from ohlcv_daily')).rowCount, 60)
})

await t.test('a sync that is killed has died, and the next one does it all', async (t) => {
  const source = t.testdir({})
  const sessions = lastSessions(createCalendar(DEFAULT_EXCHANGE), 3, new Date()).map(({ date }) => date)
  for (const date of sessions) putDayFile(source, date, manyBars(20))
  const env = { DATABASE_URL: url, OHLCV_HOME: home, OHLCV_SOURCE: source }
  const line = ['sync', '--days', String((Date.parse(sessions[2]!) - Date.parse(sessions[0]!)) / 86_400_000 + 1), '--no-fetch', '--quiet']
  t.match(await runProgram(t, line, { ...env, OHLCV_FAILPOINT: 'before-report' }), { signal: 'SIGKILL' })
  t.equal((await pool.query('select from ohlcv_daily')).rowCount, 60, 'its dates were committed')
  const { code, stdout, stderr } = await callProgram(line, env)
  t.equal(code, 0, stderr)
  t.match(stdout, /3 unchanged; 0 inserted[^]*quality .* 3 dates and 60 bars judged/)
  t.match(await runs(), ['sync died', 'load died', 'sync succeeded 0', 'load succeeded 0', 'gaps succeeded 0', 'quality succeeded 0'])
  const state = await wholeState(pool)
  await callProgram(line, env)
  t.same(await wholeState(pool), state)
})
