import t from 'tap'
import { callProgram } from '../../helpers/call-program.js'
import { freshDatabase } from '../../helpers/database.js'
import { startRestServer } from '../../helpers/rest-server.js'

const SYMBOLS = Array.from({ length: 24 }, (_, index) => `S${index + 10}`)
const server = await startRestServer({ securities: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, {}])), latencyMs: 30 })
t.teardown(() => server.close())
const { url } = await freshDatabase(t)
const env = { DATABASE_URL: url, OHLCV_HOME: t.testdir({}), ...server.env }
const call = async (line: string) => {
  const { code, stdout } = await callProgram([...line.split(' '), '--json'], env)
  return { code, document: JSON.parse(stdout) as Record<string, unknown> }
}

await t.test('many symbols are fetched at once, without a word of Node\'s, and the job tells how it went', async (t) => {
  const warnings: string[] = []
  const warned = ({ name }: Error) => void warnings.push(name)
  process.on('warning', warned)
  t.teardown(() => process.off('warning', warned))
  t.match(await call(`fetch --symbols ${SYMBOLS.join(',')} --days 2 --timespan day --job first --fetch-lanes 24`), { code: 0, document: { state: 'completed', totals: { symbols_loaded: 24 } } })
  t.notOk(warnings.includes('MaxListenersExceededWarning'))
  t.match(await call('fetch --status first'), { code: 0, document: { job: 'first', state: 'completed', progress: 100 } })
  const asked = server.requests.length
  t.match(await call('fetch --resume first'), { code: 0, document: { state: 'completed', totals: { symbols_loaded: 24 } } })
  t.equal(server.requests.length, asked, 'what is finished is not asked for again')
})

await t.test('an id is of one job, and one that is nobody\'s is told alike', async (t) => {
  t.match(await call('fetch --symbols S10 --days 1 --job first'), { code: 2, document: { error: { code: 'JOB_EXISTS' } } })
  for (const flag of ['--status', '--resume']) t.match(await call(`fetch ${flag} other`), { code: 2, document: { error: { code: 'JOB_UNKNOWN', message: 'there is no job "other"' } } })
})

await t.test('a symbol that failed is exit code 3, a key that is refused 2', async (t) => {
  t.match(await call('fetch --symbols S10,NOBODY --days 1'), { code: 3, document: { state: 'completed_with_errors', totals: { symbols_failed: 1 } } })
  t.match(await callProgram(['fetch', '--symbols', 'S10', '--days', '1'], { ...env, MASSIVE_API_KEY: 'another' }), { code: 2, stdout: /stopped: / })
  t.match(await callProgram(['fetch', '--symbols', 'S10', '--days', '1'], { ...env, MASSIVE_API_KEY: '' }), { code: 2, stderr: /MASSIVE_API_KEY environment variable not set/ })
})
