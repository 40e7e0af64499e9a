import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { callProgram } from '../../helpers/call-program.js'
import { empty, emptyDatabase, freshDatabase } from '../../helpers/database.js'
import type { Ended } from '../../helpers/process.js'
import { registerSymbols } from '../../helpers/load.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import { startRestServer } from '../../helpers/rest-server.js'
import { smallFolder } from '../../helpers/small-disk.js'

// The program as a user has it: its clock is the real one, so what is asked for lies in the past.

const { url, pool } = await freshDatabase(t)
const server = await startRestServer()
t.teardown(() => server.close())
const home = mkdtempSync(path.join(tmpdir(), 'ohlcv-fetch-command-'))
t.teardown(() => rmSync(home, { recursive: true, force: true }))
const ENV = { DATABASE_URL: url, OHLCV_HOME: home, ...server.env }

const MARCH = ['--start', '2025-03-03', '--end', '2025-03-14']
/** Asks Massive where the line does not say whom, or goes on with what was said before. */
function fetch(line: string[], env: Record<string, string> = ENV): Promise<Ended> {
  return callProgram(['fetch', ...(line.some((flag) => ['--provider', '--resume', '--status'].includes(flag)) ? [] : ['--provider', 'massive']), ...line], env)
}

async function document(line: string[], env: Record<string, string> = ENV): Promise<Record<string, unknown>> {
  const { stdout } = await fetch([...line, '--json'], env)
  return JSON.parse(stdout) as Record<string, unknown>
}

const rows = async (sql: string) => (await pool.query<Record<string, unknown>>(sql)).rows

t.beforeEach(async () => {
  await empty(pool)
  server.requests.length = 0
  server.fault = () => undefined
})

await t.test('tells what came of each symbol and timespan, in words, as lines of the log and as a document', async (t) => {
  const { code, stdout, stderr } = await fetch(['--symbols', 'SCHG,VUG', ...MARCH, '--job', 'first'])
  t.equal(code, 0)
  t.equal(stdout, `symbol  bars   status  fetched  of expected  inserted  updated  unchanged  filled  held back
SCHG    hour   stored       32        14/14        32        0          0       0          0
SCHG    day    stored       10        10/10        10        0          0      10          0
SCHG    week   stored        2          1/1         2        0          0       0          0
SCHG    month  stored        1          1/1         1        0          0       0          0
VUG     hour   stored       32        14/14        32        0          0       0          0
VUG     day    stored       10        10/10        10        0          0      10          0
VUG     week   stored        2          1/1         2        0          0       0          0
VUG     month  stored        1          1/1         1        0          0       0          0

${/job first.*\n.*\n/.exec(stdout)![0]}
hours are asked for the last two sessions only (2025-03-13 and 2025-03-14), whatever the range
`)
  t.match(stdout, /\njob first completed: 2 symbols loaded, 0 failed\n10 requests, [\d.]+ kB, 90 bars in \d+\.\d s\n/)
  const log = stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as { msg: string })
  t.equal(log[0]!.msg, '=== PROCESSING JOB first ===')
  t.equal(log.at(-1)!.msg, 'JOB COMPLETE: first')
  t.notMatch(stdout + stderr, server.key)
  const again = await document(['--symbols', 'SCHG,VUG', ...MARCH])
  t.match(again, { schema: 'ohlcv.fetch/1', exit_code: 0, state: 'completed', totals: { requests: 8, inserted: 0, unchanged: 90 } })
  t.match(await callProgram(['runs'], ENV), { code: 0, stdout: /fetch +- +succeeded +0/ })
  t.equal((await fetch(['--symbols', 'SCHG', ...MARCH, '--quiet'])).stderr, '')
})

await t.test('a dry run tells requests, limits and time, and neither asks nor writes', async (t) => {
  const line = ['--symbols', 'SPY,AAPL', ...MARCH, '--timespan', 'minute,hour,day', '--dry-run']
  const { code, stdout } = await fetch(line)
  t.equal(code, 0)
  t.match(stdout, `SPY, AAPL from massive, 2025-03-03 to 2025-03-14

bars          requests
hour                 2
day                  2
minute               2
who they are         2
all                  8

hours are asked for the last two sessions only (2025-03-13 and 2025-03-14), whatever the range

limit     requests  left now  needed
a second        50         -       8
a month     50,000    50,000       8

8 requests, `)
  t.match(await document(line), { requests: 8, descriptions: 2, by_timespan: [{ timespan: 'hour', requests: 2 }, { requests: 2 }, { requests: 2 }], quotas: [{ period: 'second', left: null }, { period: 'month', left: 50_000, periods: 1 }] })
  t.match(await document(['--grouped', ...MARCH, '--dry-run']), { requests: 10, by_timespan: [{ timespan: 'day', requests: 10 }] })
  t.match(await document(['--symbols', 'SPY', '--start', '2021-01-19', '--end', '2026-01-19', '--dry-run']), { requests: 5, parameters: { hours: { start: '2026-01-15', end: '2026-01-16' } } }, 'five years')
  t.same([server.requests.length, await rows('select from jobs'), await rows('select from ingestion_runs'), await rows('select from fetches')], [0, [], [], []])
})

await t.test('all symbols are those of the universe, and a file lists others', async (t) => {
  t.match(await document(['--symbols', 'all', ...MARCH]), { error: { code: 'UNIVERSE_EMPTY' } })
  await registerSymbols(pool, ['AAPL', 'SPY'])
  t.match(await document(['--symbols', 'all', ...MARCH, '--timespan', 'day']), { parameters: { symbols: null, symbol_count: 2 }, totals: { symbols_loaded: 2, inserted: 20 } })
  const file = path.join(home, 'symbols.csv')
  writeFileSync(file, 'name,Ticker\nVanguard,VUG\n')
  t.match(await document(['--file', file, ...MARCH, '--timespan', 'week']), { parameters: { symbols: ['VUG'] }, totals: { inserted: 2 } })
  t.match(await document(['--symbols', 'polygon', '--provider', 'polygon', ...MARCH]), { parameters: { provider: 'massive' }, exit_code: 3 })
})

await t.test('the securities of a type are asked about, and a type that nobody has is refused with those there are', async (t) => {
  await registerSymbols(pool, ['AAPL', 'SPY', 'VUG'])
  await pool.query(`update tickers set type = case symbol when 'AAPL' then 'CS' else 'ETF' end, active = symbol <> 'VUG'`)
  const line = [...MARCH, '--timespan', 'week']
  t.match(await document(['--universe', 'ETF', ...line]), { parameters: { symbols: ['SPY'], symbol_count: 1 }, totals: { inserted: 2 } }, 'but for those that trade no more')
  t.match(await document(['--universe', 'all', ...line, '--dry-run']), { parameters: { symbols: null, symbol_count: 2 } })
  const asked = server.requests.length
  t.match(await document(['--universe', 'etfs', ...line]), { exit_code: 2, error: { code: 'TYPE_UNKNOWN', hint: /ETF, CS/ } })
  t.match(await document(['--universe', 'ETF', '--symbols', 'SPY', ...line]), { error: { code: 'SYMBOLS_MISSING' } })
  t.match(await document(['--universe', 'ETF', '--grouped', ...MARCH]), { error: { code: 'FETCH_GROUPED' } })
  t.equal(server.requests.length, asked)
})

await t.test('how far a job has come is told while it lives and after, and a job is resumed by its name alone', async (t) => {
  server.fault = ({ url }) => (url.includes('/VUG/range/1/day') ? FAULTS.html : undefined)
  t.match(await document(['--symbols', 'SCHG,VUG', ...MARCH, '--job', 'j.1_-', '--timespan', 'day,week']), { exit_code: 3, state: 'completed_with_errors', symbols: [{ error: null }, { error: { code: 'ANSWER_NOT_JSON', message: /^VUG: / } }] })
  const told = await fetch(['--status', 'j.1_-'])
  t.match(told, { code: 0, stdout: /^job j\.1_-: completed with errors, 100\.0 % done; go on with: ohlcv fetch --resume j\.1_-\n1 loaded, 1 failed\nasked for [^]*\nday +2 +1 +10 +10 +0 +0 +10 +0\nweek +2 +0 +4 +4 [^]*\naudit: .*backfill_j\.1_-\.jsonl\n$/ })
  t.match(await document(['--status', 'j.1_-']), { job: 'j.1_-', state: 'completed_with_errors', alive: false, progress: 100, timespans: [{ timespan: 'day', failed: 1 }, { timespan: 'week', failed: 0 }], request: { symbols: ['SCHG', 'VUG'] } })
  server.fault = () => undefined
  server.requests.length = 0
  t.match(await document(['--resume', 'j.1_-']), { exit_code: 0, job: 'j.1_-', state: 'completed', finished_before: 1, totals: { symbols_loaded: 2, inserted: 10 } })
  t.match(server.requests.map(({ url }) => url), [/\/VUG\/range\/1\/day\//], 'what was fetched is not fetched again')
  t.match(await fetch(['--resume', 'j.1_-']), { code: 0, stdout: /^job j\.1_- completed: 2 symbols loaded, 0 failed, 2 of them in an earlier run\n/ }, 'nothing is left')
  for (const [line, code] of [
    [['--resume', 'nope'], 'JOB_UNKNOWN'], [['--status', 'nope'], 'JOB_UNKNOWN'], [['--resume', 'a b'], 'JOB_ID_INVALID'], [['--status', '../x'], 'JOB_ID_INVALID'],
    [['--job', 'ü', '--symbols', 'SPY', ...MARCH], 'JOB_ID_INVALID'], [['--job', 'x'.repeat(129), '--symbols', 'SPY', ...MARCH], 'JOB_ID_INVALID'],
    [['--resume', 'j.1_-', '--symbols', 'SPY'], 'FETCH_RESUME'], [['--resume', 'j.1_-', '--days', '2'], 'FETCH_RESUME'], [['--resume', 'j.1_-', '--grouped'], 'FETCH_RESUME'],
    [['--job', 'j.1_-', '--symbols', 'SPY', ...MARCH], 'JOB_EXISTS'],
  ] as const) t.match(await document([...line]), { exit_code: 2, error: { code } }, line.join(' '))
})

await t.test('what cannot be asked for is said in a sentence, and nothing has begun', async (t) => {
  for (const [line, code] of [
    [['--symbols', 'SPY'], 'DATES_UNCLEAR'], [['--symbols', 'SPY', '--days', '2', '--years', '1'], 'DATES_UNCLEAR'], [['--symbols', 'SPY', '--end', '2025-03-03'], 'DATES_UNCLEAR'],
    [['--days', '2'], 'SYMBOLS_MISSING'], [['--symbols', 'SPY', '--file', 'x', '--days', '2'], 'SYMBOLS_MISSING'], [['--symbols', ' , ', '--days', '2'], 'SYMBOLS_EMPTY'], [['--file', '/nowhere', '--days', '2'], 'SYMBOLS_FILE'],
    [['--symbols', 'SPY', '--days', 'two'], 'DAYS_INVALID'], [['--symbols', 'SPY', '--days', '0'], 'REQUEST_INVALID'], [['--symbols', 'SPY', '--years', '-1'], 'REQUEST_INVALID'], [['--symbols', 'SPY', '--timespan', 'year', '--days', '2'], 'REQUEST_INVALID'],
    [['--symbols', 'SPY', '--provider', 'nobody', '--days', '2'], 'REQUEST_INVALID'], [['--symbols', 'SPY', '--start', '2199-01-04'], 'DATES_IN_FUTURE'], [['--symbols', 'SPY', '--start', '2025-03-08', '--end', '2025-03-09'], 'FETCH_NO_SESSION'],
    [['--symbols', 'SPY', '--start', '2025-03-09', '--end', '2025-03-03'], 'DATES_BACKWARDS'], [['--grouped', '--symbols', 'SPY', ...MARCH], 'FETCH_GROUPED'], [['--grouped', '--timespan', 'hour', ...MARCH], 'REQUEST_INVALID'],
  ] as const) t.match(await document([...line]), { exit_code: 2, error: { code } }, line.join(' '))
  const { MASSIVE_API_KEY: _, ...keyless } = ENV as Record<string, string>
  const asked = ['--symbols', 'SPY', ...MARCH]
  const without = await fetch(asked, keyless)
  t.same([without.code, without.stdout, without.stderr], [2, '', 'ohlcv: MASSIVE_API_KEY environment variable not set\n'])
  writeFileSync(path.join(home, 'providers.yaml'), 'providers:\n  massive:\n    per_minute: many\n')
  for (const [env, code] of [
    [{ MASSIVE_API_KEY: '' }, 'PROVIDER_KEY_MISSING'], [{ MASSIVE_API_KEY: 'two words' }, 'PROVIDER_KEY_INVALID'], [{ MASSIVE_API_TIMEOUT: 'soon' }, 'PROVIDER_TIMEOUT_INVALID'], [{ MASSIVE_API_BASE_URL: 'not a url' }, 'HTTP_BASE_URL'],
    [{ OHLCV_PROVIDERS: path.join(home, 'providers.yaml') }, 'PROVIDERS_FILE'], [{ OHLCV_PROVIDERS: '/nowhere/providers.yaml' }, 'PROVIDERS_FILE'], [{ OHLCV_RAW: 'ftp://somewhere' }, 'RAW_PLACE'],
  ] as const) t.match(await document(asked, { ...ENV, ...env }), { exit_code: 2, error: { code } }, JSON.stringify(env))
  t.same([server.requests.length, await rows('select from jobs'), await rows('select from ingestion_runs')], [0, [], []])
})

await t.test('a key that is refused stops the job: exit code 2, the reason, and how to go on', async (t) => {
  const { code, stdout, stderr } = await fetch(['--symbols', 'SPY,AAPL', ...MARCH], { ...ENV, MASSIVE_API_KEY: 'another-key', OHLCV_FETCH_LANES: '1' })
  t.equal(code, 2)
  t.match(stdout, /^job \S+ not completed: 0 symbols loaded, 1 failed, 1 not reached\n1 request, \d+ B, 0 bars [^]*\nstopped: massive refuses the key \(HTTP 401: Unknown API Key\)\n {2}check MASSIVE_API_KEY\n\ngo on with: ohlcv fetch --resume /)
  t.equal(server.requests.length, 1)
  t.notMatch(stdout + stderr, 'another-key')
  t.match(stderr, /"JOB NOT COMPLETE: \S+"\}\n$/)
})

await t.test('where no answer can be kept nothing is stored and nothing else asked for', async (t) => {
  const inTheWay = path.join(home, 'in the way')
  writeFileSync(inTheWay, '')
  const line = ['--symbols', 'SPY,AAPL', ...MARCH, '--timespan', 'day']
  const full = smallFolder(t, 4)
  if (full !== undefined) writeFileSync(path.join(full, 'filling'), Buffer.alloc(4096))
  const places = [inTheWay, ...(full === undefined ? [] : [full])]
  for (const place of places) {
    server.requests.length = 0
    const ended = await document(line, { ...ENV, OHLCV_RAW: place, OHLCV_FETCH_LANES: '1' })
    t.match(ended, { exit_code: 3, state: 'failed', stopped: { code: 'RAW_UNWRITABLE', message: /^answers cannot be kept in .*(ENOTDIR|ENOSPC)/, hint: /make room there or mend its rights/ }, symbols: [{ error: { code: 'RAW_UNWRITABLE' } }], not_reached: 1 }, place)
    t.same([server.requests.filter(({ url }) => url.includes('/range/')).length, await rows('select from ohlcv_daily'), await rows('select from fetches where raw_hash is not null')], [1, [], []], place)
  }
  t.match(await document(['--resume', String((await rows('select job_id from jobs limit 1'))[0]!['job_id'])]), { exit_code: 0, totals: { inserted: 20 } })
})

await t.test('a database without the schema, or that takes nothing, is told of before anything is asked', async (t) => {
  const bare = await emptyDatabase(t)
  const line = ['--symbols', 'SPY', ...MARCH, '--timespan', 'day']
  t.match(await document(line, { ...ENV, DATABASE_URL: bare.url }), { exit_code: 2, error: { code: /SCHEMA/, hint: /ohlcv db up/ } })
  const fixed = await freshDatabase(t)
  await fixed.pool.query(`do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`)
  t.match(await document(line, { ...ENV, DATABASE_URL: fixed.url, OHLCV_DATABASE_WAIT: '0' }), { exit_code: /^[24]$/, error: { code: /.+/, message: /read-only|privilege/ } })
  t.equal(server.requests.length, 0)
})

await t.test('the file of the audit has whole lines, those of the table', async (t) => {
  await fetch(['--symbols', 'SPY,NONE', ...MARCH, '--job', 'audited'])
  const folder = path.join(home, 'audit')
  const lines = readFileSync(path.join(folder, 'backfill_audited.jsonl'), 'utf8').split('\n')
  t.equal(lines.pop(), '')
  t.equal(lines.length, Number((await rows('select count(*) from ingestion_audit'))[0]!['count']))
  t.match(lines.map((line) => (JSON.parse(line) as { symbol: string }).symbol), [/SPY|NONE/])
  t.ok(existsSync(folder) && readdirSync(folder).every((name) => name.endsWith('.jsonl')))
})

await t.test('many symbols are fetched at once without a word of Node\'s, and an id is of one job', async (t) => {
  const symbols = Array.from({ length: 24 }, (_, index) => `S${index + 10}`)
  const many = await startRestServer({ securities: Object.fromEntries(symbols.map((symbol) => [symbol, {}])), latencyMs: 30 })
  t.teardown(() => many.close())
  const warnings: string[] = []
  const warned = ({ name }: Error) => void warnings.push(name)
  process.on('warning', warned)
  t.teardown(() => process.off('warning', warned))
  const line = ['--symbols', symbols.join(','), ...MARCH, '--timespan', 'day', '--job', 'many', '--fetch-lanes', '24']
  t.match(await document(line, { ...ENV, ...many.env }), { state: 'completed', totals: { symbols_loaded: 24 } })
  t.notOk(warnings.includes('MaxListenersExceededWarning'))
  t.match(await document(line), { error: { code: 'JOB_EXISTS' } })
  for (const flag of ['--status', '--resume']) t.match(await document([flag, 'other']), { error: { code: 'JOB_UNKNOWN', message: 'there is no job "other"' } })
})
