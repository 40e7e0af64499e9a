import { writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { callProgram } from '../../helpers/call-program.js'
import { freshDatabase } from '../../helpers/database.js'
import { startProgram } from '../../helpers/process.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import { startRestServer } from '../../helpers/rest-server.js'

const { url, pool } = await freshDatabase(t)
const server = await startRestServer()
t.teardown(() => server.close())
const home = t.testdir({})
const env = { ...server.env, DATABASE_URL: url, OHLCV_HOME: home }

/** How a poll is refused. */
async function refused(line: string[], more: Record<string, string> = {}): Promise<{ code: number | null; error: string; message: string }> {
  const { code, stdout } = await callProgram(['poll', ...line, '--json'], { ...env, ...more })
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
  return { code, error: error.code, message: error.message }
}

await t.test('what cannot be polled is told before anything is asked for', async (t) => {
  t.match(await refused([]), { code: 2, error: 'SYMBOLS_MISSING' })
  t.match(await refused(['--symbols', 'all']), { code: 2, error: 'SYMBOLS_ALL' })
  t.match(await refused(['--symbols', ' , ']), { code: 2, error: 'SYMBOLS_EMPTY' })
  for (const every of ['0s', '2h', '30', '1.5m', '3601s', '', 'often']) t.match(await refused(['--symbols', 'AAPL', '--every', every]), { code: 2, error: 'POLL_EVERY', message: `--every must be a time from 1s to 1h, not "${every}"` })
  t.match(await refused(['--symbols', 'AAPL', '--provider', 'nobody']), { code: 2, error: 'PROVIDER_UNKNOWN' })
  t.match(await refused(['--symbols', 'AAPL'], { MASSIVE_API_KEY: '' }), { code: 2, error: 'PROVIDER_KEY_MISSING' })
  const limits = path.join(home, 'limits.yaml')
  writeFileSync(limits, 'providers:\n  massive: { priority: 1, tier: primary, per_minute: 5 }\n')
  t.match(await refused(['--symbols', 'AAPL,MSFT', '--every', '20s'], { OHLCV_PROVIDERS: limits }), { code: 2, error: 'POLL_TOO_OFTEN', message: '2 symbols every 20 s take 6 requests a minute, and massive may be asked 5 times' })
  t.match(await refused(['--symbols', 'AAPL,MSFT', '--every', '1s']), { code: 2, error: 'POLL_TOO_OFTEN', message: /a month, and massive may be asked 50,000 times/ }, 'by the limits that the program came with')
  t.same(server.requests, [])
  t.same((await pool.query('select from jobs')).rows, [])
})

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  await t.test(`${signal} ends it within a second, asleep or waiting for an answer, with nothing half-written`, async (t) => {
    server.fault = () => FAULTS.delay(60_000)
    const program = startProgram(t, ['poll', '--symbols', 'AAPL,MSFT', '--every', '30s', '--json'], env)
    await program.says(/the exchange is closed|polling the session/)
    const stopped = performance.now()
    program.kill(signal)
    const ended = await program.ended
    t.ok(performance.now() - stopped < 5000, `${performance.now() - stopped} ms`)
    t.equal(ended.code, code)
    t.match(JSON.parse(ended.stdout), { schema: 'ohlcv.poll/1', exit_code: code, parameters: { provider: 'massive', symbols: ['AAPL', 'MSFT'], every: 30, extended: false, once: false } })
    t.same((await pool.query(`select from jobs where state <> 'interrupted'`)).rows, [])
    t.same((await pool.query(`select from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`)).rows, [], 'no connection is left')
  })
}

await t.test('-q tells nothing of ticks and sleep', async (t) => {
  const program = startProgram(t, ['poll', '--symbols', 'AAPL', '-q', '--once'], env)
  while ((await pool.query(`select from pg_stat_activity where datname = current_database() and application_name = 'ohlcv'`)).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise((resolve) => setTimeout(resolve, 100))
  program.kill('SIGTERM')
  t.match(await program.ended, { code: 143, stderr: '' })
})
