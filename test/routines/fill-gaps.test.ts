import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { gaps as command } from '../../lib/cli/commands/gaps/gaps.js'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { isoDate } from '../../lib/domain/dates.js'
import { BAR_ELSEWHERE } from '../../lib/features/quality/rules/bar-elsewhere.js'
import { freshDatabase } from '../helpers/database.js'
import { storeFetched } from '../helpers/fetched.js'
import { directorySource, loadDates, putDayFile, registerSymbols } from '../helpers/load.js'
import { runProgram } from '../helpers/process.js'
import { startRestServer } from '../helpers/rest-server.js'
import { runCommand, type Answer } from '../helpers/run-command.js'

// Thirty securities, a provider that has bars of all of them on every session, but of S29 from 2025-01-16 on only, and day files of 18 sessions up to 2025-01-17, but for what the tests leave out.
const calendar = createCalendar(DEFAULT_EXCHANGE)
const symbols = Array.from({ length: 30 }, (_, index) => `S${String(index).padStart(2, '0')}`)
const sessions = calendar.sessions({ start: isoDate('2024-12-20'), end: isoDate('2025-01-17') }).map(({ date }) => date)
const NEVER = '2025-01-14'
const LATE = '2025-01-15'

const { pool, url } = await freshDatabase(t)
const folder = t.testdir({ files: {}, home: {} })
const root = path.join(folder, 'files')
const clock = { now: new Date('2025-01-21T12:00:00Z') }
const server = await startRestServer({ now: () => clock.now, securities: Object.fromEntries(symbols.map((symbol) => [symbol, symbol === 'S29' ? { first: '2025-01-16' } : {}])) })
t.teardown(() => server.close())
const providers = path.join(folder, 'providers.yaml')
writeFileSync(providers, 'providers:\n  massive: { priority: 1, tier: primary }\n  yahoo: { priority: 4, tier: fallback, enabled: false }\n')

const rows = (without: string[] = []) => symbols.filter((symbol) => !without.includes(symbol)).map((symbol) => `${symbol},10,11,9,10,100,1`)
for (const date of sessions) if (date !== NEVER && date !== LATE) putDayFile(root, date, rows(date === '2025-01-08' ? ['S07'] : []))
await registerSymbols(pool, symbols)
await loadDates(pool, directorySource(root), sessions[0]!, '2025-01-17', { lanes: 3 })
putDayFile(root, LATE, rows())

async function gaps(line: string[], env: Record<string, string> = server.env): Promise<Answer> {
  mkdirSync(path.join(folder, 'home'), { recursive: true })
  return runCommand(command, ['gaps', ...(line.includes('--start') ? [] : ['--start', '2025-01-02', '--end', '2025-01-17']), ...line], {
    pool, now: () => clock.now, env, settings: { source: root, home: path.join(folder, 'home'), answers: path.join(folder, 'answers'), providers, lanes: '2' },
  })
}

const lines = async (sql: string): Promise<string[]> => (await pool.query<{ line: string }>(`select line from (${sql}) q (line)`)).rows.map(({ line }) => line)
const log = () => lines(`select concat_ws(' ', coalesce(symbol, 'all'), start_date, end_date, action, state, provider) from remediation_log where kind = 'gap' order by remediation_id`)
const tries = () => lines(`select concat_ws(' ', symbol_id, date, tries, closed_at is not null) from gap_tries order by symbol_id, date`)
const bars = () => lines(`select concat_ws(' ', time, symbol_id, close, filled_by) from ohlcv_daily order by time, symbol_id`)

await t.test('a dry run tells what would be asked, and asks and writes nothing', async (t) => {
  const before = await bars()
  const { json, text, exitCode } = await gaps(['--fill', '--dry-run'])
  t.match(json['fill'], {
    dry_run: true, run_id: null, lacking_before: 61, left_out: null, files: [{ start: '2025-01-08', end: '2025-01-15' }], asked: [{ start: NEVER, end: LATE, symbols: null }],
  })
  t.match(text, 'Day files of 2025-01-08 .. 2025-01-15 would be asked.\nProviders would be asked: all symbols of 2025-01-14 .. 2025-01-15.\n')
  t.equal(exitCode, 3, '61 of 360 bars')
  t.same([server.requests.length, await bars(), await log(), await tries()], [0, before, [], []])
})

await t.test('the files are asked first, then providers where no file has spoken; what is left and what was done is written down', async (t) => {
  await pool.query(`delete from ohlcv_daily where time = '2025-01-10' and symbol_id in (1, 2)`)
  const { json, text, exitCode } = await gaps(['--fill'])
  t.match(json, { lacking: 2, gaps: [{ symbol: 'S07', start: '2025-01-08', sessions: 1, reason: 'absent' }, { symbol: 'S29', start: NEVER, reason: 'not_loaded' }], fill: { lacking_before: 63, asked: [{ start: NEVER, end: NEVER, symbols: null }], faults: [] } })
  t.equal(exitCode, 3, 'two of 360 are more than a thousandth')
  t.match(text, /^Day files were asked: .*1 missing.*\.\nProviders were asked: all symbols of 2025-01-14\.\n\nFilled:\n/)
  t.same(await log(), [
    'all 2025-01-15 2025-01-15 reload resolved massive',
    'S00 2025-01-10 2025-01-10 reload resolved massive',
    'S01 2025-01-10 2025-01-10 reload resolved massive',
    'all 2025-01-14 2025-01-14 fetch resolved',
    'S07 2025-01-08 2025-01-08 left_alone failed',
    'S29 2025-01-14 2025-01-14 left_alone failed',
  ])
  t.same(await tries(), ['8 2025-01-08 1 f', '30 2025-01-14 1 f'])
  t.same(await lines(`select concat_ws(' ', time, filled_by, count(*)) from ohlcv_daily where time between '2025-01-14' and '2025-01-15' group by time, filled_by order by 1`), ['2025-01-14 massive 29', '2025-01-15 30'])
  t.same(await lines(`select concat_ws(' ', command, status) from ingestion_runs order by run_id desc limit 3`), ['fetch succeeded', 'load failed', 'gaps succeeded'], 'the load has no file of one date')
})

await t.test('what no source has in three tries is closed, asked again after a month, and its tries go when the bar comes', async (t) => {
  clock.now = new Date('2025-01-22T12:00:00Z')
  await gaps(['--fill'])
  clock.now = new Date('2025-01-23T12:00:00Z')
  const { json } = await gaps(['--fill'])
  t.match(json, { fill: { in_vain: [{ symbol: 'S07', closed: true }, { symbol: 'S29', closed: true }], asked: [{ start: NEVER, symbols: 1 }] } })
  t.match((await gaps([])).json, { lacking: 2, gaps: [{ symbol: 'S07', reason: 'no_source', command: null }, { symbol: 'S29', reason: 'not_loaded' }], fill: null })
  t.same([await tries(), (await log()).slice(-4)], [['8 2025-01-08 3 t', '30 2025-01-14 3 t'], ['failed', 'closed'].flatMap((state) => [`S07 2025-01-08 2025-01-08 left_alone ${state}`, `S29 2025-01-14 2025-01-14 left_alone ${state}`])])
  clock.now = new Date('2025-01-24T12:00:00Z')
  const [before, asked] = [await log(), server.requests.length]
  t.match((await gaps(['--fill'])).json, { fill: { files: [{ start: NEVER }], in_vain: [] } }, 'only the file that may still come')
  t.same([await log(), server.requests.length], [before, asked])
  clock.now = new Date('2025-02-24T12:00:00Z')
  await gaps(['--fill'])
  t.same(await tries(), ['8 2025-01-08 4 t', '30 2025-01-14 4 t'])
  putDayFile(root, '2025-01-08', rows())
  clock.now = new Date('2025-03-30T12:00:00Z')
  t.match((await gaps(['--fill'])).json, { lacking: 1, gaps: [{ symbol: 'S29' }], fill: { filled: [{ symbol: 'S07', action: 'reload' }] } })
  t.same(await tries(), ['30 2025-01-14 5 t'])
})

await t.test('of two fills at once each bar is stored once and each try counted once', async (t) => {
  clock.now = new Date('2025-05-30T12:00:00Z')
  await pool.query(`delete from ohlcv_daily where filled_by is not null and symbol_id > 20`)
  const answers = await Promise.all([gaps(['--fill']), gaps(['--fill'])])
  t.same(answers.map(({ json }) => [json['lacking'], (json['fill'] as { faults: unknown[] }).faults]), [[1, []], [1, []]])
  t.same(await tries(), ['30 2025-01-14 6 t'])
  t.same(await lines(`select concat_ws(' ', filled_by, count(*)) from ohlcv_daily where time = '2025-01-14' group by filled_by`), ['massive 29'])
})

await t.test('on a loaded date a bar of a provider is a finding and never a fill, and no try counts', async (t) => {
  putDayFile(root, '2025-01-10', rows(['S05']))
  await storeFetched(pool, { provider: 'other', requests: [{ symbol: 'S05', start: '2025-01-10', bars: ['6,2025-01-10,12.50,300'] }, { symbol: 'S06', start: '2025-01-10', bars: ['7,2025-01-10,1', '6,2025-01-13,1,1,p'] }] })
  await loadDates(pool, directorySource(root), '2025-01-10')
  clock.now = new Date('2025-06-02T12:00:00Z')
  t.match((await gaps(['--fill'])).json, { gaps: [{ symbol: 'S05', start: '2025-01-10', reason: 'absent' }, { symbol: 'S29' }], fill: { filled: [] } })
  t.same(await tries(), ['30 2025-01-14 6 t'])
  t.same(await BAR_ELSEWHERE.find(pool, { start: isoDate('2025-01-01'), end: isoDate('2025-01-31') }, {}), [
    { symbolId: 6, date: '2025-01-10', lastDate: '2025-01-10', provider: 'other', cause: null, details: { close: '12.5', volume: '300' }, seen: '12.5 300' },
  ])
  putDayFile(root, '2025-01-10', rows())
})

await t.test('without a key for any provider the files alone count', async (t) => {
  await pool.query(`delete from ohlcv_daily where filled_by is not null`)
  const answer = await gaps(['--fill'], {})
  t.match(answer.json['fill'], { left_out: /no provider with a key is configured/, faults: [], filled: [{ symbol: 'S05' }], in_vain: [{ symbol: null, start: NEVER }] })
  t.same(await tries(), ['0 2025-01-14 1 f', '30 2025-01-14 6 t'])
})

await t.test('a session under way is neither a gap nor a bar too many, the days around a change of clocks are none either', async (t) => {
  const march = calendar.sessions({ start: isoDate('2025-02-20'), end: isoDate('2025-03-10') }).map(({ date }) => date)
  for (const date of march) putDayFile(root, date, rows())
  await loadDates(pool, directorySource(root), '2025-02-20', '2025-03-10', { lanes: 3 })
  const around = (line: string[] = []): Promise<Answer> => gaps(['--start', '2025-03-06', '--end', '2025-03-11', ...line])
  clock.now = new Date('2025-03-11T18:00:00Z')
  await storeFetched(pool, { requests: [{ symbol: 'S00', start: '2025-03-11', bars: ['1,2025-03-11,10,100,p'] }] })
  t.match((await around(['--fill'])).json, { sessions: 3, lacking: 0, dates: [], gaps: [], fill: { files: null, asked: [] } })
  t.same(await lines(`select count(*) from ohlcv_daily where time = '2025-03-11'`), [0])
  clock.now = new Date('2025-03-12T16:00:00Z')
  t.match((await around()).json, { sessions: 4, lacking: 30, dates: [{ start: '2025-03-11', bars: 0, lacking: 30 }] })
  t.match((await around(['--fill'])).json, { lacking: 0, dates: [], gaps: [] })
  putDayFile(root, '2025-03-11', rows())
  await loadDates(pool, directorySource(root), '2025-03-11')
  t.match((await around()).json, { lacking: 0, expected: 120, dates: [], gaps: [] })
  t.same(await lines(`select concat_ws(' ', filled_by, count(*)) from ohlcv_daily where time = '2025-03-11' group by filled_by`), ['30'])
})

await t.test('a fill that was killed is gone on with by the next one', async (t) => {
  const env = { ...server.env, DATABASE_URL: url, OHLCV_HOME: path.join(folder, 'home'), OHLCV_SOURCE: root, OHLCV_PROVIDERS: providers }
  const line = ['gaps', '--start', '2025-01-02', '--end', '2025-01-17', '--fill', '--quiet']
  await pool.query(`delete from gap_tries; delete from ohlcv_daily where time = '2025-01-16' and symbol_id = 3`)
  t.equal((await runProgram(t, line, { ...env, OHLCV_FAILPOINT: 'gaps-files' })).signal, 'SIGKILL')
  t.same(await lines(`select concat_ws(' ', time, count(*)) from ohlcv_daily where time in ('2025-01-14', '2025-01-16') group by time order by time`), ['2025-01-16 30'])
  t.equal((await runProgram(t, line, { ...env, OHLCV_FAILPOINT: 'gaps-providers' })).signal, 'SIGKILL')
  clock.now = new Date('2027-01-04T12:00:00Z')
  t.match((await gaps(['--fill'])).json, { lacking: 1, gaps: [{ symbol: 'S29' }] })
  t.same([await tries(), await lines(`select concat_ws(' ', time, count(*)) from ohlcv_daily where time in ('2025-01-14', '2025-01-16') group by time order by time`)], [['30 2025-01-14 1 f'], ['2025-01-14 29', '2025-01-16 30']])
  t.same(await lines(`select concat_ws(' ', command, status) from ingestion_runs where command = 'gaps' order by run_id desc limit 3`), ['gaps succeeded', 'gaps died', 'gaps died'])
})
