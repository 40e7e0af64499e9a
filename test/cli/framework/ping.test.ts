import t from 'tap'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { createLogger } from '../../../lib/cli/framework/log.js'
import { pingAfter } from '../../../lib/cli/framework/ping.js'
import { readSettings } from '../../../lib/cli/framework/settings.js'
import { callProgram } from '../../helpers/call-program.js'
import { freshDatabase } from '../../helpers/database.js'
import { putDayFile, registerSymbols } from '../../helpers/load.js'

const asked: string[] = []
const answers: number[] = []
const server = createServer(({ method, url }, response) => {
  asked.push(`${method} ${url}`)
  response.writeHead(answers.shift() ?? 200).end('OK')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
t.teardown(() => server.close())
const OHLCV_PING_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a-secret`

/** What is asked after a run that ended so, and what is logged. */
async function after(exitCode: number, env: Record<string, string> = { OHLCV_PING_URL }): Promise<{ asked: string[]; log: string }> {
  const stderr = new PassThrough().setEncoding('utf8')
  asked.length = 0
  await pingAfter({ settings: readSettings({}, env), log: await createLogger('normal', stderr as unknown as NodeJS.WriteStream, false) }, exitCode, 1)
  await new Promise(setImmediate)
  return { asked: [...asked], log: (stderr.read() as string | null) ?? '' }
}

await t.test('a run that did all there was to do is told, one that failed or was stopped is not', async (t) => {
  for (const [exitCode, times] of [[0, 1], [4, 1], [1, 0], [2, 0], [3, 0], [130, 0], [143, 0]] as const) t.equal((await after(exitCode)).asked.length, times, String(exitCode))
  t.same(await after(0, {}), { asked: [], log: '' }, 'nobody is asked where nothing is set')
})

await t.test('it is tried again, and in the end only logged, without its address', async (t) => {
  answers.push(500, 503)
  t.same(await after(0), { asked: Array.from({ length: 3 }, () => 'GET /a-secret'), log: '' })
  answers.push(500, 500, 404)
  const { log } = await after(0)
  t.match(log, 'status 404')
  t.notMatch(log, /a-secret|127\.0\.0\.1/)
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => closed.close(resolve))
  const refused = await after(0, { OHLCV_PING_URL: `http://127.0.0.1:${port}/a-secret` })
  t.match(refused.log, 'ECONNREFUSED')
  t.notMatch(refused.log, 'a-secret')
})

await t.test('a load tells it, a dry run does not, and that nobody hears it changes nothing', async (t) => {
  const { url, pool } = await freshDatabase(t)
  const root = t.testdir({})
  await registerSymbols(pool, ['SPY'])
  putDayFile(root, '2025-11-20', ['SPY,10,12,9,11,1000,5'])
  const load = (...more: string[]) => callProgram(['load', '--source', root, '--date', '2025-11-20', ...more], { DATABASE_URL: url, OHLCV_PING_URL })
  asked.length = 0
  t.equal((await load('--dry-run')).code, 0)
  t.same(asked, [])
  t.equal((await load()).code, 0)
  t.same(asked, ['GET /a-secret'])
  t.equal((await load('--date', '2025-11-19')).code, 3)
  t.equal(asked.length, 1, 'not after a date that failed')
  answers.push(500, 500, 500)
  t.equal((await load()).code, 0)
})

await t.test('thresholds of their own are read, and what is none of them is refused with what to write', async (t) => {
  const { staleAfterOf } = readSettings({}, { OHLCV_STALE_AFTER_OF: 'SPY=30, minute_aggs = 120' })
  t.same([...staleAfterOf!], [['SPY', 30], ['minute_aggs', 120]])
  t.equal(String(staleAfterOf), 'SPY=30,minute_aggs=120', 'as a process is given them that another one starts')
  t.equal(readSettings({}, {}).staleAfterOf, undefined)
  for (const wrong of ['SPY', 'SPY=', '=30', 'SPY=-1', 'SPY=30,,', 'SPY=1.5']) {
    t.throws(() => readSettings({}, { OHLCV_STALE_AFTER_OF: wrong }), { code: 'SETTING_INVALID', message: /OHLCV_STALE_AFTER_OF must be names with minutes, divided by commas/ }, wrong)
  }
  t.throws(() => readSettings({}, { OHLCV_PING_URL: 'file:///etc/passwd' }), { code: 'SETTING_INVALID' })
})
