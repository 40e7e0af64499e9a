import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { sync as syncCommand } from '../../lib/cli/commands/sync/sync.js'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate } from '../../lib/domain/dates.js'
import { lockDate } from '../../lib/postgres/locks.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { dayFilePath, putDayFile, registerSymbols, storedBars } from '../helpers/load.js'
import { FAULTS } from '../helpers/rest-faults.js'
import { startRestServer } from '../helpers/rest-server.js'
import { runCommand } from '../helpers/run-command.js'

// 00:15 UTC on Thursday is a quarter past eight on Wednesday evening in New York: Wednesday's session is over, and its file is due at eleven the next morning.
const NIGHT = '2025-03-13T00:15:00Z'
const WEDNESDAY = '2025-03-12'
const BEFORE = ['2025-03-06', '2025-03-07', '2025-03-10', '2025-03-11']

const { pool } = await freshDatabase(t)
const clock = { now: new Date(NIGHT) }
const server = await startRestServer({ securities: { AAPL: {}, MSFT: {}, SPY: {} }, now: () => clock.now })
const home = mkdtempSync(path.join(tmpdir(), 'ohlcv-sync-'))
/** Nobody else is asked for what Massive does not have: one who cannot be reached is asked again after seconds. */
const massiveAlone = path.join(home, 'providers.yaml')
writeFileSync(massiveAlone, 'providers:\n  massive: { priority: 1, tier: primary }\n  yahoo: { priority: 4, tier: fallback, enabled: false }\n')
t.teardown(() => server.close())
t.teardown(() => rmSync(home, { recursive: true, force: true }))

let source: string
const BARS = ['AAPL,10,11,9,10,100,1', 'MSFT,20,21,19,20,200,2', 'SPY,30,31,29,30,300,3']

interface Synced {
  run: number | null
  steps: Record<string, { state: string; code: string | null; message: string | null; figures: Record<string, unknown> | null }>
  scores: { symbol: string; bars: number; expected: number }[]
  sessions: { date: string; counts_as: string; outcome: string | null; loaded: boolean; filled: boolean; bars: number; fills: number }[]
}

/** Runs the command at the clock's time. @param keys whether Massive may be asked */
async function sync(line: string[] = [], { keys = true, settings = {} }: { keys?: boolean; settings?: Record<string, unknown> } = {}) {
  const answer = await runCommand(syncCommand, ['sync', ...line], { pool, now: () => clock.now, settings: { source, home, ...settings }, env: keys ? server.env : {} })
  return { ...answer, json: answer.json as unknown as Synced }
}

/** Sessions as `date day-file loaded|filled|- bars`. */
const stands = ({ sessions }: Synced): string[] => sessions.map(({ date, outcome, loaded, filled, bars }) => [date, outcome, loaded ? 'loaded' : filled ? 'filled' : '-', bars].join(' '))
const runs = async (): Promise<string[]> => (await pool.query<{ run: string }>(`select concat_ws(' ', command, status, exit_code) as run from ingestion_runs order by run_id`)).rows.map(({ run }) => run)
const asked = (): string[] => server.requests.map(({ url }) => url.replace(/\?.*/, ''))

t.beforeEach(async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['AAPL', 'MSFT', 'SPY'])
  server.requests.length = 0
  server.fault = () => undefined
  clock.now = new Date(NIGHT)
  source = t.testdir({})
  for (const date of BEFORE) putDayFile(source, date, BARS)
})

await t.test('a night loads what there are files of, and has providers fill the session of the evening before', async (t) => {
  const { exitCode, json, text } = await sync()
  t.same(stands(json), [...BEFORE.map((date) => `${date} loaded loaded 3`), `${WEDNESDAY} not_published filled 3`])
  t.equal(exitCode, 0)
  t.same(asked(), [`/v2/aggs/grouped/locale/us/market/stocks/${WEDNESDAY}`], 'one request for all symbols')
  const [bar] = server.market.bars('AAPL', 'day', { start: WEDNESDAY, end: WEDNESDAY })
  t.match((await storedBars(pool, WEDNESDAY))[0], `AAPL,${bar!.open},${bar!.high},${bar!.low},${bar!.close},`)
  t.match(json.steps, {
    day_files: { state: 'done', figures: { outcomes: { loaded: 4, not_published: 1, holiday: undefined }, inserted: 12 } },
    providers: { state: 'done', figures: { asked: { state: 'completed', requests: 1, inserted: 3, failed: 0 } } },
  })
  t.match(text, /2025-03-12 +providers +not_published +3 +3 /)
  t.same((await runs()).toSorted(), ['fetch succeeded 0', 'gaps succeeded 0', 'load succeeded 4', 'quality succeeded 0', 'sync succeeded 0'])
  const { rows } = await pool.query(`select run_id, totals->'sessions'->4->>'counts_as' as evening, totals->'steps'->'day_files'->'figures'->>'inserted' as inserted from ingestion_runs where command = 'sync'`)
  t.same(rows, [{ run_id: json.run, evening: 'loaded', inserted: '12' }], 'the record has the steps')
})

await t.test('done again it changes nothing, and the file that comes in the morning takes the place of what providers gave', async (t) => {
  await sync()
  const bars = await pool.query('select tableoid, ctid, xmin, * from ohlcv_daily order by time, symbol_id')
  const again = await sync()
  t.same((await pool.query('select tableoid, ctid, xmin, * from ohlcv_daily order by time, symbol_id')).rows, bars.rows)
  t.equal(again.exitCode, 0)
  t.same(stands(again.json), [...BEFORE.map((date) => `${date} unchanged loaded 3`), `${WEDNESDAY} not_published filled 3`])
  clock.now = new Date('2025-03-13T16:00:00Z')
  putDayFile(source, WEDNESDAY, BARS)
  server.requests.length = 0
  const morning = await sync()
  t.equal(stands(morning.json).at(-1), `${WEDNESDAY} loaded loaded 3`)
  t.match(morning.json.steps['providers'], { state: 'left_out', message: 'no session is without its day file' })
  t.same([await storedBars(pool, WEDNESDAY), asked()], [await storedBars(pool, BEFORE[0]!), []])
})

await t.test('what was missed heals: a file that was missing, one that was broken, symbols that became known', async (t) => {
  rmSync(path.join(source, dayFilePath(DAY_AGGS, BEFORE[1]!)))
  writeFileSync(path.join(source, dayFilePath(DAY_AGGS, BEFORE[2]!)), 'no file of bars\n')
  putDayFile(source, BEFORE[0]!, [...BARS, 'QQQ,40,41,39,40,400,4'])
  const first = await sync([], { keys: false })
  t.same([first.exitCode, stands(first.json)], [3, [
    '2025-03-06 loaded loaded 3', '2025-03-07 missing - 0', '2025-03-10 source_failed - 0', '2025-03-11 loaded loaded 3', '2025-03-12 not_published - 0',
  ]])
  t.match(first.json.steps['providers'], { state: 'left_out', message: 'no provider with a key is configured: none of MASSIVE_API_KEY, ALPHA_VANTAGE_API_KEY is set' })
  t.match(await runs(), ['sync failed 3', 'load failed 3'])
  for (const date of BEFORE.slice(1, 3)) putDayFile(source, date, BARS)
  await registerSymbols(pool, ['QQQ'])
  const second = await sync([], { keys: false })
  t.same([second.exitCode, stands(second.json)], [4, [
    '2025-03-06 loaded loaded 4', '2025-03-07 loaded loaded 3', '2025-03-10 loaded loaded 3', '2025-03-11 unchanged loaded 3', '2025-03-12 not_published - 0',
  ]], 'nothing failed, and one is not published')
})

await t.test('providers fill what is missing, and a file that is there and cannot be read stays a failure', async (t) => {
  rmSync(path.join(source, dayFilePath(DAY_AGGS, BEFORE[1]!)))
  t.match(await sync(), { exitCode: 0, json: { sessions: [{}, { outcome: 'missing', filled: true, counts_as: 'loaded', fills: 3 }] } })
  writeFileSync(path.join(source, dayFilePath(DAY_AGGS, BEFORE[1]!)), 'no file of bars\n')
  t.match(await sync(), { exitCode: 3, json: { sessions: [{}, { outcome: 'source_failed', filled: true, counts_as: 'source_failed', fills: 3 }] } })
})

await t.test('a session that another process is loading is left to it, and is no failure', async (t) => {
  clock.now = new Date('2025-03-13T16:00:00Z')
  putDayFile(source, WEDNESDAY, BARS)
  const other = await pool.connect()
  await other.query('begin')
  await lockDate(other, DAY_AGGS, isoDate(WEDNESDAY))
  const { exitCode, json, text } = await sync(['--no-fill'])
  await other.query('rollback')
  other.release()
  t.match([exitCode, stands(json).at(-1), json.steps['providers']], [0, `${WEDNESDAY} locked - 0`, { state: 'left_out' }])
  t.match(text, /2025-03-12 +being loaded +locked /)
})

await t.test('a step that fails leaves the others to do what they can, and providers who fail fill nothing', async (t) => {
  const nowhere = path.join(source, 'nowhere')
  const without = await sync([], { settings: { source: nowhere } })
  t.same([without.exitCode, stands(without.json)], [3, [...BEFORE, WEDNESDAY].map((date) => `${date}  filled 3`)])
  t.match(without.json.steps, { day_files: { state: 'failed', code: 'SOURCE_NOT_FOUND', figures: null }, providers: { state: 'done' } })
  t.match(without.text, new RegExp(`day files +\\S+ s +failed: SOURCE_NOT_FOUND\n[^]*\nday files: the source directory ${nowhere} is not there`))
  await pool.query('delete from ohlcv_daily')
  server.fault = () => FAULTS.unknownKey
  const refused = await sync()
  t.match([refused.exitCode, stands(refused.json).at(-1)], [4, `${WEDNESDAY} not_published - 0`])
  t.match(refused.text, /\nproviders: .*MASSIVE_API_KEY/)
})

await t.test('a symbol over a range comes from providers and is checked, and what day files say stays', async (t) => {
  await sync(['--no-fetch'])
  const range = ['--start', '2025-03-03', '--end', '2025-03-10']
  const { exitCode, json, text } = await sync(['--symbol', 'AAPL,MSFT', ...range])
  t.equal(exitCode, 0)
  // Six sessions of two symbols, three of them from files.
  t.match(json.steps, {
    providers: { state: 'done', figures: { asked: { state: 'completed', bars: 12, inserted: 6, held_back: 6, failed: 0 } } }, quality: { state: 'done', figures: { dates: 6, bars: 15 } },
  })
  const { rows } = await pool.query(`select time, count(*)::int as bars, count(filled_by)::int as fills from ohlcv_daily where time <= '2025-03-10' group by time order by time`)
  t.same(rows, [...['2025-03-03', '2025-03-04', '2025-03-05'].map((time) => ({ time, bars: 2, fills: 2 })), ...BEFORE.slice(0, 3).map((time) => ({ time, bars: 3, fills: 0 }))])
  t.match(text, /providers .* 12 bars: [^]*quality .* 6 dates and 15 bars judged[^]*\nAAPL, MSFT, 2025-03-03 to 2025-03-10 in /)
  t.match(json.scores, [{ symbol: 'AAPL', bars: 6, expected: 6 }, { symbol: 'MSFT', bars: 6, expected: 6 }])
  t.match((await runs()).slice(-3).toSorted(), [/^fetch succeeded 0$/, /^quality succeeded 0$/, /^sync succeeded 0$/])
  const unknown = await sync(['--symbol', 'NOPE', ...range], { settings: { providers: massiveAlone } })
  t.match([unknown.exitCode, unknown.text], [3, /\nproviders: NOPE: /])
  t.match(await sync(['--symbol', 'SPY', ...range, '--dry-run']), { exitCode: 0, text: /to massive would be made/, json: { run: null } })
  await t.rejects(sync(['--symbol', 'all', ...range]), { code: 'SYMBOLS_ALL' })
  await t.rejects(sync(['--symbol', 'AAPL']), { code: 'DATES_UNCLEAR' })
  await t.rejects(sync(['--symbol', 'AAPL', ...range, '--no-fetch']), { code: 'SYNC_SYMBOL' })
})

await t.test('what cannot be done at all is refused, and a dry run tells and writes nothing', async (t) => {
  await t.rejects(sync([], { keys: false, settings: { source: undefined } }), { code: 'SYNC_NO_SOURCE' })
  await t.rejects(sync(['--no-fetch'], { settings: { source: undefined } }), { code: 'SYNC_NO_SOURCE' })
  for (const days of ['0', '367', 'x']) await t.rejects(sync(['--days', days]), { code: 'DAYS_INVALID' })
  await t.rejects(sync(['--start', WEDNESDAY]), { code: 'SYNC_DATES' })
  const { exitCode, json, text } = await sync(['--dry-run'])
  t.match([exitCode, json.run, json.steps], [4, null, {
    day_files: { figures: { run: null, outcomes: { loaded: 4, not_published: 1 }, inserted: 12 } }, providers: { figures: { asked: null, planned: { provider: 'massive', requests: 1 } } },
  }])
  t.match(text, /1 request to massive would be made[^]*dry run: nothing was written$/)
  t.same([await runs(), asked(), (await pool.query('select from ohlcv_daily')).rowCount], [[], [], 0])
  await pool.query('truncate tickers cascade')
  await t.rejects(sync(), { code: 'UNIVERSE_EMPTY' })
})
