import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { gaps as command } from '../../lib/cli/commands/gaps/gaps.js'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { isoDate } from '../../lib/domain/dates.js'
import { freshDatabase } from '../helpers/database.js'
import { directorySource, loadDates, putDayFile, registerSymbols } from '../helpers/load.js'
import { startRestServer } from '../helpers/rest-server.js'
import { runCommand, type Answer } from '../helpers/run-command.js'

// Thirty securities, a provider that has bars of all of them on every session, and day files of 18 sessions up to 2025-01-17, but for what the tests leave out.
const calendar = createCalendar(DEFAULT_EXCHANGE)
const symbols = Array.from({ length: 30 }, (_, index) => `S${String(index).padStart(2, '0')}`)
const sessions = calendar.sessions({ start: isoDate('2024-12-20'), end: isoDate('2025-01-17') }).map(({ date }) => date)
const NEVER = '2025-01-14'
const LATE = '2025-01-15'

const { pool } = await freshDatabase(t)
const folder = t.testdir({ files: {}, home: {} })
const root = path.join(folder, 'files')
const clock = { now: new Date('2025-01-21T12:00:00Z') }
const server = await startRestServer({ now: () => clock.now, securities: Object.fromEntries(symbols.map((symbol) => [symbol, {}])) })
t.teardown(() => server.close())
const providers = path.join(folder, 'providers.yaml')
writeFileSync(providers, 'providers:\n  massive: { priority: 1, tier: primary }\n')

const rows = (without: string[] = []) => symbols.filter((symbol) => !without.includes(symbol)).map((symbol) => `${symbol},10,11,9,10,100,1`)
for (const date of sessions) if (date !== NEVER && date !== LATE) putDayFile(root, date, rows(date === '2025-01-08' ? ['S07'] : []))
await registerSymbols(pool, symbols)
await loadDates(pool, directorySource(root), sessions[0]!, '2025-01-17', { lanes: 3 })
putDayFile(root, LATE, rows())

async function gaps(line: string[], env: Record<string, string> = server.env): Promise<Answer> {
  mkdirSync(path.join(folder, 'home'), { recursive: true })
  return runCommand(command, ['gaps', '--start', '2025-01-02', '--end', '2025-01-17', ...line], {
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
  t.match(json, { lacking: 1, gaps: [{ symbol: 'S07', start: '2025-01-08', sessions: 1, reason: 'absent' }], fill: { lacking_before: 63, asked: [{ start: NEVER, end: NEVER, symbols: null }], faults: [] } })
  t.equal(exitCode, 3, 'one of 360 is more than a thousandth')
  t.match(text, /^Day files were asked: .*1 missing.*\.\nProviders were asked: all symbols of 2025-01-14\.\n\nFilled:\n/)
  t.same(await log(), [
    'all 2025-01-15 2025-01-15 reload resolved massive',
    'S00 2025-01-10 2025-01-10 reload resolved massive',
    'S01 2025-01-10 2025-01-10 reload resolved massive',
    'all 2025-01-14 2025-01-14 fetch resolved',
    'S07 2025-01-08 2025-01-08 left_alone failed',
  ])
  t.same(await tries(), ['8 2025-01-08 1 f'])
  t.same(await lines(`select concat_ws(' ', time, filled_by, count(*)) from ohlcv_daily where time between '2025-01-14' and '2025-01-15' group by time, filled_by order by 1`), ['2025-01-14 massive 30', '2025-01-15 30'])
  t.same(await lines(`select concat_ws(' ', command, status) from ingestion_runs order by run_id desc limit 3`), ['fetch succeeded', 'load failed', 'gaps succeeded'], 'the load has no file of one date')
})

await t.test('what no source has in three tries is closed, asked again after a month, and its tries go when the bar comes', async (t) => {
  const asked = server.requests.length
  clock.now = new Date('2025-01-22T12:00:00Z')
  await gaps(['--fill'])
  clock.now = new Date('2025-01-23T12:00:00Z')
  const { json } = await gaps(['--fill'])
  t.match(json, { fill: { in_vain: [{ symbol: 'S07', closed: true }], asked: [] } })
  t.match((await gaps([])).json, { lacking: 1, gaps: [{ symbol: 'S07', reason: 'no_source', command: null }], fill: null })
  t.same([await tries(), (await log()).slice(-2)], [['8 2025-01-08 3 t'], ['S07 2025-01-08 2025-01-08 left_alone failed', 'S07 2025-01-08 2025-01-08 left_alone closed']])
  clock.now = new Date('2025-01-24T12:00:00Z')
  const before = await log()
  t.match((await gaps(['--fill'])).json, { fill: { files: [{ start: NEVER }], in_vain: [] } }, 'only the file that may still come')
  t.same([await log(), server.requests.length], [before, asked])
  clock.now = new Date('2025-02-24T12:00:00Z')
  await gaps(['--fill'])
  t.same(await tries(), ['8 2025-01-08 4 t'])
  putDayFile(root, '2025-01-08', rows())
  clock.now = new Date('2025-03-30T12:00:00Z')
  t.match((await gaps(['--fill'])).json, { lacking: 0, gaps: [], fill: { filled: [{ symbol: 'S07', action: 'reload' }] } })
  t.same(await tries(), [])
})

await t.test('without a source of files and without a key nobody was asked, so that no try counts', async (t) => {
  await pool.query(`delete from ohlcv_daily where filled_by is not null`)
  const answer = await gaps(['--fill'], {})
  t.match(answer.json['fill'], { left_out: /no provider with a key is configured/, faults: [] })
  t.match(await tries(), ['0 2025-01-14 1 f'], 'the files were asked for the date')
})
