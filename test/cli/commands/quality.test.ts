import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { quality } from '../../../lib/cli/commands/quality/group.js'
import { listFindings } from '../../../lib/features/quality/findings.js'
import { readFindingsRequest } from '../../../lib/features/quality/request.js'
import { RULES } from '../../../lib/features/quality/rules/rules.js'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import { readSettings } from '../../../lib/cli/framework/settings.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { writeScores } from '../../../lib/store/quality/log.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { runtimeOf } from '../../helpers/load.js'
import { poolAs } from '../../helpers/roles.js'
import { runCommand, type Answer } from '../../helpers/run-command.js'
import { insertDay, insertRun, insertSymbols, type TestBar } from '../../helpers/stored-days.js'

const database = await freshDatabase(t)
const { pool } = database
const run = (line: string, more: { settings?: Record<string, unknown>; env?: Record<string, string>; room?: number; now?: string } = {}): Promise<Answer> =>
  runCommand(quality, ['quality', ...line.split(' ').filter((word) => word !== '')], { pool, now: '2024-03-20T12:00:00Z', ...more })

// Two weeks of March 2024. The 11th and 12th are not loaded; CCC lacks a bar on the 6th, BBB's of the 7th fails two rules. GONE was delisted after the 6th, NEW is listed
// from the 13th on, and nobody knows what became of HALT after the 8th.
const [AAA, BBB, CCC, NEW, GONE, HALT] = [1, 2, 3, 4, 5, 6]
await insertSymbols(pool, [[AAA, 'AAA'], [BBB, 'BBB'], [CCC, 'CCC'], [NEW, 'NEW', '[2024-03-13,)'], [GONE, 'GONE', '(,2024-03-07)'], [HALT, 'HALT']])
await pool.query(`update tickers set type = case when symbol in ('AAA', 'BBB') then 'ETF' else 'CS' end`)
const runId = await insertRun(pool)
const bars = (...ids: number[]): TestBar[] => ids.map((id) => [id, '10', '12', '9', '11', '1000'])
const DAYS: Record<string, number[]> = {
  '2024-03-04': [AAA, BBB, CCC, GONE, HALT], '2024-03-05': [AAA, BBB, CCC, GONE, HALT], '2024-03-06': [AAA, BBB, GONE, HALT], '2024-03-07': [AAA, BBB, CCC, HALT], '2024-03-08': [AAA, BBB, CCC, HALT],
  '2024-03-13': [AAA, BBB, CCC, NEW], '2024-03-14': [AAA, BBB, CCC, NEW], '2024-03-15': [AAA, BBB, CCC, NEW],
}
const LOST: Record<string, string> = { '2024-03-06': '1', '2024-03-07': '0.15' }
for (const [date, ids] of Object.entries(DAYS)) {
  await insertDay(pool, date, { runId, bars: bars(...ids) })
  const absent = date === '2024-03-06' ? 1 : 0
  await pool.query(`insert into quality_marks (date, seen, judged, identity_seq, bars, expected, lost, checked_at) values ($1, 'x', true, 0, $2, $3, $4, '2024-03-19T00:15:00Z')`,
    [date, ids.length, ids.length + absent, LOST[date] ?? '0'])
}
await pool.query(`insert into data_quality_log (symbol, date, symbol_id, score, failed) values ('CCC', '2024-03-06', 3, 0, '{absent}'), ('BBB', '2024-03-07', 2, 0.85, '{repeated,spike}')`)
const finding = async (rule: string, symbolId: number | null, symbol: string | null, date: string, state: string, cause: string | null, details: Record<string, string | number>): Promise<number> => {
  const { rows } = await pool.query<{ finding_id: number }>(
    `insert into findings (rule, symbol_id, symbol, date, last_date, state, cause, details, seen) values ($1, $2, $3, $4, $4, $5, $6, $7, 'x') returning finding_id`, [rule, symbolId, symbol, date, state, cause, details])
  return rows[0]!.finding_id
}
const spike = await finding('spike', BBB, 'BBB', '2024-03-07', 'open', null, { close_before: '11', close: '1100.5', close_after: '11' })
const repeated = await finding('repeated', BBB, 'BBB', '2024-03-07', 'open', null, { sessions: 1 })
const split = await finding('split_ratio', AAA, 'AAA', '2024-03-05', 'explained', 'split', { ratio: '0.5' })
const gone = await finding('volume', CCC, 'CCC', '2024-03-08', 'resolved', null, { volume: '1' })
const closed = await finding('date_count', null, null, '2024-03-14', 'open', null, { bars: 4 })

const RANGE = '--start 2024-03-04 --end 2024-03-15'
const scores = (json: Answer['json']): unknown[] => (json['symbols'] as Record<string, unknown>[]).map(({ symbol, score, bars, absent, not_loaded: notLoaded, expected, lost }) => [symbol, score, bars, absent, notLoaded, expected, lost])

await t.test('a score is what is left of 1 for each session on which a bar was expected, the worst first', async (t) => {
  const { exitCode, json } = await run(`${RANGE} --no-check`)
  t.equal(exitCode, 0)
  t.same(scores(json), [
    ['CCC', '0.7', 7, 1, 2, 10, '3'], ['BBB', '0.785', 8, 0, 2, 10, '2.15'], ['AAA', '0.8', 8, 0, 2, 10, '2'], ['GONE', '1', 3, 0, 0, 3, '0'], ['HALT', '1', 5, 0, 0, 5, '0'], ['NEW', '1', 3, 0, 0, 3, '0'],
  ])
  // 41 - 7.15 = 33.85 of 41: 0.82560975..., cut.
  t.match(json, { score: '0.825609', securities: 6, bars: 34, absent: 1, not_loaded: 6, expected: 41, lost: '7.15' })
})

await t.test('a date has the score of its bars and of those that it lacks, the worst first, then the latest', async (t) => {
  const { json } = await run(`${RANGE} --no-check --by date`)
  t.equal(json['symbols'], null)
  t.same((json['dates'] as Record<string, unknown>[]).slice(0, 3), [
    { date: '2024-03-06', score: '0.8', bars: 4, expected: 5, lost: '1', below_minimum: false, failed: { absent: 1 } },
    { date: '2024-03-07', score: '0.9625', bars: 4, expected: 4, lost: '0.15', below_minimum: false, failed: { repeated: 1, spike: 1 } },
    { date: '2024-03-15', score: '1', bars: 4, expected: 4, lost: '0', below_minimum: false, failed: {} },
  ])
})

await t.test('a session that is not loaded costs those who were listed then, and is named with the command that loads it', async (t) => {
  const { json } = await run(`${RANGE} --no-check`)
  t.same(json['unloaded'], [{ start: '2024-03-11', end: '2024-03-12', command: 'ohlcv load --start 2024-03-11 --end 2024-03-12 --only unloaded' }])
  const early = await run(`--start 2024-03-15 --end 2024-03-19 --no-check`, { now: '2024-03-19T16:00:00Z' })
  t.same(early.json['unloaded'], [{ start: '2024-03-18', end: '2024-03-18', command: 'ohlcv load --start 2024-03-18 --end 2024-03-18 --only unloaded' }], 'one whose file is not due yet costs nobody anything')
  t.same(scores(early.json), [['AAA', '0.5', 1, 0, 1, 2, '1'], ['BBB', '0.5', 1, 0, 1, 2, '1'], ['CCC', '0.5', 1, 0, 1, 2, '1'], ['NEW', '0.5', 1, 0, 1, 2, '1']])
})

await t.test('securities and dates below the minimum are named, with exit 3', async (t) => {
  const { exitCode, json, text } = await run(`${RANGE} --no-check`, { settings: { 'min-data-quality': '0.79' } })
  t.equal(exitCode, 3)
  t.same(json['below_minimum'], { symbols: 2, dates: 0 })
  t.match(text, 'Below the minimum of 0.79: CCC (0.7), BBB (0.785)')
  t.equal((await run(`${RANGE} --no-check`, { settings: { 'min-data-quality': '0.7' } })).exitCode, 0, 'one at the minimum is not below it')
  t.same((await run('--date 2024-03-06 --no-check', { settings: { 'min-data-quality': '0.81' } })).json['below_minimum'], { symbols: 1, dates: 1 })
})

await t.test('a score can be added up: each date of a security that lacks something, with the rules and what they cost', async (t) => {
  const { json, text } = await run(`${RANGE} --no-check --symbols BBB --by date`)
  t.same(json['days'], { total: 1, scores: [{ symbol: 'BBB', symbol_id: BBB, date: '2024-03-07', score: '0.85', lost: '0.15', failed: [{ rule: 'repeated', weight: 5 }, { rule: 'spike', weight: 10 }] }] })
  t.equal(RULES.reduce((sum, { weight }) => sum + weight, 0), 100)
  t.match(text, [
    'BBB: 0.785 = (10 - 2.15) / 10',
    'date        score  lost  fails',
    '2024-03-07   0.85  0.15  repeated 5, spike 10',
    'not loaded   0     2     2 sessions',
  ].join('\n'))
  t.match((await run(`${RANGE} --no-check --symbols CCC --by date`)).text, /2024-03-06 +0 +1 +absent\n/)
})

await t.test('what people read says why each is bad, and what to do about each rule', async (t) => {
  const { text } = await run(`${RANGE} --no-check --limit 2`)
  const spikes = RULES.find(({ name }) => name === 'spike')!
  t.match(text, [
    'Quality of 6 securities from 2024-03-04 to 2024-03-15: 0.825609',
    '  (41 - 7.15) / 41: 34 bars + 1 absent + 6 on sessions that are not loaded; what they lack to 1 adds up to 7.15',
    '  8 dates are checked, the last at 2024-03-19 00:15:00Z; nothing was checked now',
    '  as they were then: bars around 8 dates, or the rules, have changed since: 2024-03-04, 2024-03-05, 2024-03-06 and 5 more',
    '  not loaded: 2024-03-11 to 2024-03-12 (ohlcv load --start 2024-03-11 --end 2024-03-12 --only unloaded)',
    '',
    'symbol  score  expected  lost  open  why',
    'CCC     0.7          10  3        0  2 not loaded, 1 absent',
    'BBB     0.785        10  2.15     2  2 not loaded, 1 repeated, 1 spike',
    '4 more securities; --limit 6 shows all.',
  ].join('\n'))
  t.match(text, `  spike (1 bar, 1 open finding; costs ${spikes.weight} of 100): ${spikes.meaning} (spike-move 10, `)
  t.match(text, `      ${spikes.advice}\n      ohlcv quality findings --rule spike --start 2024-03-04 --end 2024-03-15`)
  t.match(text, 'ohlcv gaps --start 2024-03-04 --end 2024-03-15')
  const dates = await run(`${RANGE} --no-check --by date`)
  t.match(dates.text, /\n2024-03-07 +0\.9625 .*\n6 dates lack nothing\.\n/, 'those that lack nothing are counted, and listed for programs')
  t.equal((dates.json['dates'] as unknown[]).length, 8)
  t.match((await run('--start 2024-03-13 --end 2024-03-15 --no-check --by date')).text, '\nAll 3 dates lack nothing.')
})

await t.test('securities are chosen by symbol or by type, and what there is not is told', async (t) => {
  t.same(scores((await run(`${RANGE} --no-check --symbols AAA,NEW`)).json).map((row) => (row as string[])[0]), ['AAA', 'NEW'])
  t.same(scores((await run(`${RANGE} --no-check --universe etf`)).json).map((row) => (row as string[])[0]), ['BBB', 'AAA'])
  t.same(scores((await run(`${RANGE} --no-check --universe all`)).json), scores((await run(`${RANGE} --no-check`)).json))
  await t.rejects(run(`${RANGE} --no-check --symbols AAB`), { code: 'SYMBOL_UNKNOWN' })
  await t.rejects(run(`${RANGE} --no-check --universe BOND`), { code: 'TYPE_UNKNOWN', hint: 'there are CS, ETF' })
  await t.rejects(run(`${RANGE} --no-check --universe ETF --symbols AAA`), { code: 'SYMBOLS_AND_TYPE' })
  await t.rejects(run('--no-check'), { code: 'DATES_UNCLEAR' })
})

await t.test('CSV has a line a security, a date, or a date of a chosen security', async (t) => {
  t.match((await run(`${RANGE} --no-check --csv`)).csv, /^symbol,symbol_id,score,bars,absent,not_loaded,expected,lost,below_minimum,open,failed\nCCC,3,0.7,7,1,2,10,3,false,0,absent:1\nBBB,2,0.785,8,0,2,10,2.15,false,2,repeated:1 spike:1\n/)
  t.match((await run(`${RANGE} --no-check --csv --by date`)).csv, /^date,score,bars,expected,lost,below_minimum,failed\n2024-03-06,0.8,4,5,1,false,absent:1\n/)
  t.equal((await run(`${RANGE} --no-check --csv --by date --symbols BBB`)).csv, 'date,symbol,symbol_id,score,lost,failed\n2024-03-07,BBB,2,0.85,0.15,repeated:5 spike:10\n')
})

await t.test('findings are the open ones unless others are asked for, those of the dearest rules first', async (t) => {
  const ids = async (line: string): Promise<unknown[]> => ((await run(`findings ${line}`)).json['findings'] as Record<string, unknown>[]).map(({ finding: id }) => id)
  t.same(await ids(''), [spike, repeated, closed])
  t.same(await ids('--state explained'), [split])
  t.same(await ids('--state all'), [spike, repeated, closed, split, gone])
  t.same(await ids('--state all --symbols AAA,CCC'), [split, gone])
  t.same(await ids('--rule repeated'), [repeated])
  t.same(await ids('--start 2024-03-08'), [closed])
  t.same(await ids('--end 2024-03-07 --limit 1'), [spike])
  await t.rejects(run('findings --rule spikes'), /Invalid values:[^]*Argument: rule, Given: "spikes"/)
  await t.rejects(listFindings(runtimeOf(pool), readFindingsRequest({ rule: 'spikes' })), { code: 'RULE_UNKNOWN' })
  await t.rejects(run('findings --symbols AAB'), { code: 'SYMBOL_UNKNOWN' })
})

await t.test('a finding is told with its figures, what its rule means, and what to do', async (t) => {
  const { text, csv } = await run('findings --rule spike --csv')
  const { meaning, advice } = RULES.find(({ name }) => name === 'spike')!
  t.match(text, /BBB +2024-03-07 +spike +open +close 1,100.5, close after 11, close before 11/)
  t.match(text, `spike, 1 open: ${meaning} (spike-move 10, `)
  t.match(text, `\n  ${advice}\n`)
  t.match(csv, `${spike},spike,BBB,2,2024-03-07,2024-03-07,,open,,,,"{""close"":""1100.5"",""close_after"":""11"",""close_before"":""11""}",`)
  t.equal((await run('findings --rule wick --start 2024-03-01')).text, 'No finding is open from 2024-03-01.')
})

const logged = async (): Promise<string[]> => (await pool.query<{ line: string }>(`
  select concat_ws(' ', l.symbol, l.score, l.failed, m.lost) as line from quality_marks m left join data_quality_log l using (date) where m.date = '2024-03-07'`)).rows.map(({ line }) => line)

await t.test('what a person explains costs nothing any more, and all of it again when that is taken back', async (t) => {
  const { json, text } = await runCommand(quality, ['quality', 'explain', String(spike), '--reason', 'a block trade, seen on the tape'], { pool, env: { USER: 'ada' } })
  t.match((json['findings'] as unknown[])[0], { finding: spike, state: 'explained', cause: 'person', reason: 'a block trade, seen on the tape', explained_by: 'ada' })
  t.equal(text, `Finding ${spike}, spike of BBB on 2024-03-07, is explained by ada: a block trade, seen on the tape.`)
  t.same(await logged(), ['BBB 0.95 {repeated} 0.05'])
  t.same(scores((await run(`${RANGE} --no-check --symbols BBB`)).json), [['BBB', '0.795', 8, 0, 2, 10, '2.05']])
  await runCommand(quality, ['quality', 'explain', String(repeated), String(spike), '--by', 'Bob', '--reason', 'an auction only'], { pool })
  t.same(await logged(), ['0'], 'a bar that lacks nothing has no row')
  t.equal((await run(`reopen ${spike} ${repeated}`)).exitCode, 0)
  t.same(await logged(), ['BBB 0.85 {repeated,spike} 0.15'])
})

await t.test('each explanation is written down as what was done about the finding, by whom and in which run', async (t) => {
  const { rows } = await pool.query<{ line: string }>(`
    select concat_ws(' ', l.kind, l.symbol, l.start_date, l.action, l.state, l.before ->> 'state', l.after ->> 'state', l.message, r.command, r.status) as line
    from remediation_log l join ingestion_runs r using (run_id) order by remediation_id`)
  t.same(rows.map(({ line }) => line), [
    'anomaly BBB 2024-03-07 explained resolved open explained ada: a block trade, seen on the tape quality succeeded',
    'anomaly BBB 2024-03-07 explained resolved explained explained Bob: an auction only quality succeeded',
    'anomaly BBB 2024-03-07 explained resolved open explained Bob: an auction only quality succeeded',
    'anomaly BBB 2024-03-07 reopened failed explained open taken back by unknown quality succeeded',
    'anomaly BBB 2024-03-07 reopened failed explained open taken back by unknown quality succeeded',
  ])
})

await t.test('an explanation that one finding refuses changes none', async (t) => {
  const explain = (...ids: (number | string)[]) => runCommand(quality, ['quality', 'explain', ...ids.map(String), '--reason', 'so'], { pool })
  await t.rejects(explain(spike, 4711), { code: 'FINDING_UNKNOWN', message: 'there is no finding 4711' })
  await t.rejects(explain(spike, split), { code: 'FINDING_EXPLAINED' })
  await t.rejects(explain(spike, gone), { code: 'FINDING_RESOLVED' })
  await t.rejects(explain('spike'), { code: 'FINDING_ID' })
  await t.rejects(run(`reopen ${spike}`), { code: 'FINDING_NOT_EXPLAINED' })
  await t.rejects(runCommand(quality, ['quality', 'explain', String(spike), '--reason', ' '], { pool }), { code: 'REASON_EMPTY' })
  t.equal((await pool.query(`select from findings where state = 'open' and finding_id = $1`, [spike])).rowCount, 1)
})

await t.test('of two who write the scores of a bar at once the second waits, and says what is so then', async (t) => {
  const other = await pool.connect()
  await other.query('begin')
  await writeScores(other, [isoDate('2024-03-07')], new Map(RULES.map(({ name, weight }) => [name, weight])))
  const explained = runCommand(quality, ['quality', 'explain', String(spike), '--reason', 'so'], { pool })
  const isWaiting = async (): Promise<boolean> => ((await pool.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount ?? 0) > 0
  while (!(await isWaiting())) await delay(10)
  await other.query('commit')
  other.release()
  t.match(await explained, { exitCode: 0 })
  t.same(await logged(), ['BBB 0.95 {repeated} 0.05'])
  t.equal((await run(`reopen ${spike}`)).exitCode, 0)
})

await t.test('what people say of findings is no formula of a spreadsheet', async (t) => {
  await runCommand(quality, ['quality', 'explain', String(spike), '--by', '@x', '--reason', '=1+1'], { pool })
  t.match((await run('findings --state explained --rule spike --csv')).csv, `,explained,person,'=1+1,'@x,`)
  t.equal((await run(`reopen ${spike}`)).exitCode, 0)
})

await t.test('the rules are told with what they cost and their thresholds, by the names of the settings', async (t) => {
  const { json, text } = await run('rules', { settings: { 'stale-sessions': '9' } })
  const rules = json['rules'] as { rule: string; weight: number; thresholds: Record<string, number> }[]
  t.equal(rules.length, RULES.length)
  t.match(rules.find(({ rule }) => rule === 'stale')?.thresholds, { 'stale-sessions': 9 })
  t.match(text, /^absent {2}\(of bars; costs all of it\)\n {2}a security/)
})

await t.test('the minimum and the share of null cells are taken from the names that other programs know, where ours are not set', (t) => {
  t.match(readSettings({}, { MIN_DATA_QUALITY: '0.7', NULL_THRESHOLD: '0.1' }), { minDataQuality: 0.7, nullThreshold: 0.1 })
  t.equal(readSettings({}, { MIN_DATA_QUALITY: '0.7', OHLCV_MIN_DATA_QUALITY: '0.8' }).minDataQuality, 0.8)
  t.throws(() => readSettings({}, { MIN_DATA_QUALITY: 'good' }), { code: 'SETTING_INVALID', message: /^MIN_DATA_QUALITY must be a number from 0 to 1/ })
  t.end()
})

// From here on the check itself says what is wrong: thirty sessions, of which BBB lacks the 21st, and on the 16th all prices of AAA are a hundred times too high.
const SESSIONS = createCalendar(DEFAULT_EXCHANGE).sessions({ start: isoDate('2024-01-02'), end: isoDate('2024-02-13') }).map(({ date }) => date)
const [BAD, LACKING] = [SESSIONS[15]!, SESSIONS[20]!]
const dayOf = (date: string, times = 1, less = 0): TestBar[] => {
  const at = SESSIONS.findIndex((session) => session === date)
  const prices = (close: number): [string, string, string, string] => [close - 1, close + 2, close - 3, close].map((cents) => (cents / 100).toFixed(2)) as [string, string, string, string]
  const close = 1000 + ((at * 7) % 11)
  return [[1, ...prices(close * times - less), String(100_000 + at), 9], ...(date === LACKING ? [] : [[2, ...prices(close + 500), String(200_000 + at), 9] as TestBar])]
}
const load = async (date: string, times: number, id: number, less = 0): Promise<void> => {
  await pool.query('delete from ohlcv_daily where time = $1', [date])
  await insertDay(pool, date, { runId: id, bars: dayOf(date, times, less) })
}
const ALL = `--start ${SESSIONS[0]} --end ${SESSIONS.at(-1)}`

await t.test('what has changed is checked before scores are told, and nothing is where nothing has', async (t) => {
  t.equal(SESSIONS.length, 30)
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB']])
  const id = await insertRun(pool)
  for (const date of SESSIONS) await insertDay(pool, date, { runId: id, bars: dayOf(date, date === BAD ? 100 : 1) })
  const runs = async (): Promise<number> => (await pool.query(`select from ingestion_runs where command = 'quality'`)).rowCount!

  t.match((await run(`${ALL} --no-check`)).json['checked'], { dates: 0, not_judged: SESSIONS, skipped: 'asked' })
  const { json } = await run(ALL)
  // Of 30 each: AAA loses what power_of_ten costs, BBB a whole session.
  t.same(scores(json), [['BBB', '0.966666', 29, 1, 0, 30, '1'], ['AAA', '0.996666', 30, 0, 0, 30, '0.1']])
  t.match(json['checked'], { dates: 30, not_judged: [], changed: [], skipped: null })
  t.same((json['symbols'] as { failed: unknown }[]).map(({ failed }) => failed), [{ absent: 1 }, { power_of_ten: 1 }])
  t.equal(await runs(), 1)
  t.same((await run(ALL)).json['symbols'], json['symbols'])
  t.equal(await runs(), 1, 'a check that finds nothing changed leaves no run')
})

await t.test('a role that only reads is told the same, and when it was checked', async (t) => {
  const reader = await poolAs(t, database, 'ohlcv_reader')
  const { json, text } = await runCommand(quality, ['quality', ...ALL.split(' ')], { pool: reader, now: '2024-03-20T12:00:00Z' })
  t.same(scores(json), [['BBB', '0.966666', 29, 1, 0, 30, '1'], ['AAA', '0.996666', 30, 0, 0, 30, '0.1']])
  t.match(text, /30 dates are checked, the last at .*; nothing was checked now, for this role only reads\n/)
  // A date that lacks one of two securities has too few bars.
  t.match((await runCommand(quality, ['quality', 'findings'], { pool: reader })).json['findings'], [{ rule: 'power_of_ten', symbol: 'AAA', date: BAD }, { rule: 'date_count', symbol: null, date: LACKING }])
})

await t.test('a finding that a person explained does not come back while its values stand, and does with others; mended data resolves it', async (t) => {
  const states = async (): Promise<unknown[]> => ((await run('findings --state all --rule power_of_ten')).json['findings'] as Record<string, unknown>[]).map(({ symbol, date, state, cause }) => [symbol, date, state, cause])
  const id = await insertRun(pool)
  const { rows: [found] } = await pool.query<{ finding_id: number }>(`select finding_id from findings where rule = 'power_of_ten'`)
  await runCommand(quality, ['quality', 'explain', String(found!.finding_id), '--reason', 'prices in cents, known'], { pool })
  t.same(scores((await run(`${ALL} --symbols AAA`)).json), [['AAA', '1', 30, 0, 0, 30, '0']])
  await load(BAD, 100, id)
  t.same(scores((await run(`${ALL} --symbols AAA`)).json), [['AAA', '1', 30, 0, 0, 30, '0']])
  t.same(await states(), [['AAA', BAD, 'explained', 'person']])
  await load(BAD, 1000, id)
  t.same(scores((await run(`${ALL} --symbols AAA`)).json), [['AAA', '0.996666', 30, 0, 0, 30, '0.1']])
  t.same(await states(), [['AAA', BAD, 'open', null]])
  await load(BAD, 1, id)
  t.same(scores((await run(`${ALL} --symbols AAA`)).json), [['AAA', '1', 30, 0, 0, 30, '0']])
  t.match(await states(), [['AAA', BAD, 'resolved']])
})

await t.test('a dividend that becomes known explains a fall of its date, and the scores of security and date are what they are then', async (t) => {
  const id = await insertRun(pool)
  for (const date of SESSIONS.slice(25)) await load(date, 1, id, 300)
  const fallen = async (): Promise<unknown[]> => {
    const [symbols, dates] = [await run(`${ALL} --symbols AAA`), await run(`--date ${SESSIONS[25]} --by date`)]
    return [...(symbols.json['symbols'] as Record<string, unknown>[]).map(({ lost }) => lost), ...(dates.json['dates'] as Record<string, unknown>[]).map(({ lost, failed }) => [lost, failed])]
  }
  t.same(await fallen(), ['0.05', ['0.05', { continuity: 1 }]])
  await pool.query(`
    insert into dividends (symbol_id, ex_date, source, kind, amount, known_since, symbol, answer, pulled_at) values (1, $1::date, 'massive', 'special', 3, $1::date, 'AAA', '', now())`, [SESSIONS[25]])
  t.same(await fallen(), ['0', ['0', {}]])
  t.match((await run('findings --state explained --rule continuity')).json['findings'], [{ symbol: 'AAA', date: SESSIONS[25], cause: 'dividend' }])
})

await t.test('bars that somebody changed behind the loader\'s back are judged when their dates are to be judged again', async (t) => {
  const date = SESSIONS[20]!
  await pool.query(`update ohlcv_daily set close = 'NaN' where symbol_id = 1 and time = $1`, [date])
  const days = async (line: string): Promise<unknown> => ((await run(`${ALL} --symbols AAA --by date${line}`)).json['days'] as { scores: unknown[] }).scores
  t.same(await days(''), [])
  t.same(await days(' --again'), [{ symbol: 'AAA', symbol_id: 1, date, score: '0.9', lost: '0.1', failed: [{ rule: 'cells', weight: 10 }] }])
})

await t.test('where no day file was ever loaded the providers are to be asked for a session without bars', async (t) => {
  await pool.query('delete from days')
  await pool.query('delete from ohlcv_daily where time = $1', [SESSIONS[10]])
  await pool.query(`update ohlcv_daily set load_id = 0, filled_by = 'massive', fetch_id = 1`)
  t.match((await run(ALL)).json['unloaded'], [{ start: SESSIONS[10], command: `ohlcv gaps --fill --start ${SESSIONS[10]} --end ${SESSIONS[10]}` }])
})
