import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Pool } from 'pg'
import t from 'tap'
import { report } from '../../../lib/cli/commands/report/report.js'
import { writeWhole } from '../../../lib/cli/framework/write-whole.js'
import { freshDatabase } from '../../helpers/database.js'
import { poolAs } from '../../helpers/roles.js'
import { runCommand, type Answer } from '../../helpers/run-command.js'
import { startSmtpServer } from '../../helpers/smtp-server.js'
import { insertDay, insertRun, insertSymbols, type TestBar } from '../../helpers/stored-days.js'
import type { Figure, Table } from '../../../lib/documents/report/parts.js'

const { pool, url } = await freshDatabase(t)

/** Noon of the Saturday after: the files of all sessions up to Thursday are due. */
const NOW = '2016-12-03T12:00:00Z'
const SESSIONS = ['2016-11-10', '2016-11-11', '2016-11-14', '2016-11-15', '2016-11-16', '2016-11-17', '2016-11-18', '2016-11-21', '2016-11-22', '2016-11-23', '2016-11-25', '2016-11-28', '2016-11-29', '2016-11-30']

/** Bars that no rule has anything to say of: prices go up and down by cents, with a volume of their own each day. */
function bar(symbolId: number, day: number): TestBar {
  const close = 1000 * symbolId + ((day * 7 + symbolId * 3) % 5) * 10
  const text = (cents: number): string => (cents / 100).toFixed(2)
  return [symbolId, text(close - 5), text(close + 20), text(close - 20), text(close), String(10_000 + day * 37 + symbolId * 11), 5]
}

/** Five securities on fourteen sessions; the fourth has no bar on 29 November, and 1 December was never loaded. */
async function fill(): Promise<void> {
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB'], [3, 'CCC'], [4, 'DDD'], [5, 'EEE']])
  const runId = await insertRun(pool)
  for (const [day, date] of SESSIONS.entries()) await insertDay(pool, date, { runId, bars: [1, 2, 3, 4, 5].filter((id) => id !== 4 || date !== '2016-11-29').map((id) => bar(id, day)) })
  // The file of the 30th repeated a row: 6 rows, of which 5 are stored.
  await pool.query(`update lineage set duplicates = 1, read = read + 1 where date = '2016-11-30'`)
}

/** A provider that gave the bars of two securities on two dates as they are stored, but for one close, which is 2 % higher. */
async function give(): Promise<void> {
  await pool.query(`
    insert into provider_bars (symbol_id, timespan, time, provider, basis, open, high, low, close, volume, partial, fetch_id)
    select symbol_id, 'day', time, 'massive', 'none', open, high, low, case when symbol_id = 2 and time = '2016-11-29' then close * 1.02 else close end, volume, false, 0
    from ohlcv_daily where symbol_id in (1, 2) and time in ('2016-11-28', '2016-11-29')`)
}

interface Read {
  figures: Map<string, Figure>
  tables: Map<string, Table>
  notes: string
}

/** Figures and tables of a report by section and name. */
function read({ json }: Answer): Read {
  const sections = json['sections'] as { name: string; figures: Figure[]; tables: Table[]; notes: string[] }[]
  const named = <T extends { name: string }>(of: (section: (typeof sections)[number]) => T[]): Map<string, T> =>
    new Map(sections.flatMap((section) => of(section).map((one) => [`${section.name}.${one.name}`, one])))
  return { figures: named(({ figures }) => figures), tables: named(({ tables }) => tables), notes: sections.flatMap(({ notes }) => notes).join('\n') }
}

function shares({ figures }: Read, ...names: string[]): unknown[][] {
  return names.map((name) => [name, figures.get(name)?.part, figures.get(name)?.whole, figures.get(name)?.value, figures.get(name)?.goal, figures.get(name)?.met])
}

const make = (line: string[], situation: { pool?: Pool; now?: string } = {}): Promise<Answer> => runCommand(report, ['report', ...line], { pool, now: NOW, ...situation })

await fill()
await give()

await t.test('a report tells each share with how many of how many, its goal, and whether that is met', async (t) => {
  const answer = await make(['--start', '2016-11-28', '--end', '2016-12-01'])
  const found = read(answer)
  t.equal(answer.exitCode, 0)
  // 5 securities on 4 sessions; one bar of the 29th and the five of 1 December are not there.
  t.same(shares(found, 'completeness.sessions_with_bars', 'completeness.pairs_present', 'gaps.bars_missing', 'completeness.sessions_checked', 'completeness.securities_covered'), [
    ['completeness.sessions_with_bars', 3, 4, 75, 'over 99 %', false],
    ['completeness.pairs_present', 14, 20, 70, 'over 99 %', false],
    ['gaps.bars_missing', 6, 20, 30, 'under 0.1 %', false],
    ['completeness.sessions_checked', 4, 4, 100, 'over 99 %', true],
    ['completeness.securities_covered', 4, 5, 80, null, null],
  ])
  t.same(found.tables.get('gaps.by_reason')?.rows, [['not loaded', 5, 5], ['absent', 1, 1]])
  t.same(found.tables.get('gaps.longest')?.rows, [['DDD', '2016-11-29', '2016-11-29', 1, 'absent']])
  t.same(found.tables.get('gaps.dates')?.rows, [['2016-12-01', '2016-12-01', 1, 5, 0]])
  t.same(found.tables.get('completeness.sessions')?.rows, [['2016-12-01', 'not loaded', null, null]])
  t.same(found.tables.get('completeness.worst_covered')?.rows, [['DDD', 1, 3]])
  // One of fifteen bars that were expected on checked sessions is absent, which loses 1.
  t.equal(found.figures.get('completeness.mean_score')?.value, 0.9333)
  // Of four bars that the provider gave too one close is apart.
  t.same(shares(found, 'accuracy.closes_apart', 'accuracy.closes_far_apart', 'duplicates.duplicate_rows'), [
    ['accuracy.closes_apart', 1, 4, 25, 'under 0.01 %', false],
    ['accuracy.closes_far_apart', 1, 4, 25, null, null],
    ['duplicates.duplicate_rows', 1, 15, 6.6666, null, null],
  ])
  t.same(found.tables.get('accuracy.differences')?.rows.map((row) => row.slice(0, 4)), [['BBB', '2016-11-29', '2016-11-29', 'massive']])
  t.equal(found.figures.get('consistency.dates_verified')?.value, 3)
  t.match(found.figures.get('consistency.dates_not_as_loaded'), { value: 0, met: true })
  t.match(answer.json['goals'], { missed: 4 })
  // The check holds the provider's close against the stored one too; what follows is about findings of its own.
  await pool.query('delete from findings')
})

await t.test('what was not checked is said to be not checked, and no goal of it is met', async (t) => {
  const found = read(await make(['--date', '2016-11-29', '--quick']))
  for (const name of ['completeness.pairs_present', 'gaps.bars_missing', 'accuracy.closes_apart', 'consistency.dates_verified', 'consistency.dates_not_as_loaded']) {
    t.match(found.figures.get(name), { value: null, part: null, met: null, text: 'not checked: a quick report leaves it out' }, name)
  }
  t.match(found.figures.get('providers.requests_failed'), { value: null, goal: 'under 1 %', met: null, text: 'not checked: no provider was asked' })
  const before = read(await make(['--date', '2016-11-15', '--quick']))
  t.match(before.figures.get('anomalies.findings_open'), { value: null, text: 'not checked: no session was' })
  t.match(before.figures.get('handled.issues_handled'), { part: 0, whole: 1, met: false }, 'a session that nobody checked is an issue that nobody handled')
  t.match(before.notes, /ohlcv quality --start 2016-11-15 --end 2016-11-15/)
})

await t.test('a date whose file is not due yet is left out, and without dates the latest one that is due is told of', async (t) => {
  const found = read(await make(['--start', '2016-11-30', '--end', '2016-12-02'], { now: '2016-12-02T13:00:00Z' }))
  // 8:00 in New York: the file of 1 December is due at 11:00, and 2 December has not closed.
  t.same(shares(found, 'completeness.sessions_with_bars', 'gaps.bars_missing'), [['completeness.sessions_with_bars', 1, 1, 100, 'over 99 %', true], ['gaps.bars_missing', 0, 5, 0, 'under 0.1 %', true]])
  t.match(found.notes, /1 session left out: the day file is not due yet/)
  t.match((await make(['--quick'], { now: '2016-12-02T13:00:00Z' })).json, { start: '2016-11-30', end: '2016-11-30' })
  t.match((await make(['--quick'], { now: '2016-12-02T16:00:00Z' })).json, { start: '2016-12-01', end: '2016-12-01' })
  t.match((await make(['--quick', '--date', '2016-11-26'])).json, { goals: { missed: 0 } }, 'a Saturday has nothing that could be missed')
})

await t.test('findings are told by rule and state, the open ones with their figures, those of whole dates first', async (t) => {
  await pool.query(`
    insert into findings (rule, symbol_id, symbol, date, last_date, state, cause, details, seen) values
    ('spike', 1, 'AAA', '2016-11-28', '2016-11-28', 'open', null, '{"close": "13.1"}', ''), ('power_of_ten', 2, 'BBB', '2016-11-29', '2016-11-29', 'open', null, '{"close": "201", "ratio": "10"}', ''),
    ('date_count', null, null, '2016-11-30', '2016-11-30', 'open', null, '{"bars": 4}', ''), ('spike', 3, 'CCC', '2016-11-28', '2016-11-28', 'explained', 'news_move', '{}', ''),
    ('spike', 4, 'DDD', '2016-11-28', '2016-11-28', 'resolved', null, '{}', ''), ('spike', 4, 'DDD', '2016-11-10', '2016-11-10', 'open', null, '{}', '')`)
  const found = read(await make(['--start', '2016-11-28', '--end', '2016-11-30', '--quick']))
  t.same(found.tables.get('anomalies.by_rule')?.rows, [['date_count', 1, 0, 0, ''], ['power_of_ten', 1, 0, 0, ''], ['spike', 1, 1, 1, 'news move 1']])
  t.same(found.tables.get('anomalies.open')?.rows.map(([, symbol, from, , rule, figures]) => [symbol, from, rule, figures]), [
    ['all', '2016-11-30', 'date_count', 'bars 4'], ['BBB', '2016-11-29', 'power_of_ten', 'close 201, ratio 10'], ['AAA', '2016-11-28', 'spike', 'close 13.1'],
  ])
  // 5 findings and a row that came twice; every session was checked.
  t.match(found.figures.get('handled.issues_handled'), { part: 6, whole: 6, met: true })
})

await t.test('what happened is told since the report before, however often this one is made', async (t) => {
  const { rows: [before] } = await pool.query<{ made_at: Date }>(`select min(made_at) as made_at from validation_reports where end_date = '2016-11-29'`)
  await pool.query(`
    insert into bar_revisions (dataset, date, symbol_id, cause, old_open, old_high, old_low, old_close, old_volume, new_open, new_high, new_low, new_close, new_volume)
    values ('day_aggs', '2016-11-14', 1, 'vendor', 10, 11, 9, 10, 100, 10, 11, 9, 10.5, 100), ('day_aggs', '2016-11-14', 2, 'vendor', 20, 21, 19, 20, 100, null, null, null, null, null)`)
  await pool.query(`
    insert into remediation_log (kind, timespan, symbol_id, symbol, start_date, end_date, provider, action, state, occurrences, message) values
    ('gap', 'day', 4, 'DDD', '2016-11-29', '2016-11-29', 'massive', 'fetch', 'failed', 1, 'it has none'), ('rate_limited', 'day', null, null, null, null, 'yahoo', 'waited', 'resolved', 37, null)`)
  for (const again of [false, true]) {
    const answer = await make(['--date', '2016-11-30', '--quick'])
    const found = read(answer)
    t.equal(answer.json['since'], before!.made_at.toISOString(), `made ${again ? 'again' : 'once'}`)
    t.same(found.tables.get('revisions.by_cause')?.rows, [['day', 'vendor', 1, 1, 0, 1]])
    t.same(found.tables.get('revisions.closes')?.rows, [['AAA', '2016-11-14', 'day', 'vendor', '10', '10.5', '5.0000']])
    t.same(found.tables.get('mended.by_kind')?.rows, [['gap', 'massive', 'fetch', 'failed', 1, 1], ['rate limited', 'yahoo', 'waited', 'resolved', 1, 37]])
    t.same(found.tables.get('mended.failed')?.rows.map(([, ...row]) => row), [['gap', 'DDD', '2016-11-29', '2016-11-29', 'massive: it has none']])
  }
  t.same(read(await make(['--date', '2016-11-10', '--quick'])).figures.get('revisions.bars_changed')?.value, 0, 'of a first report those of its own dates')
})

await t.test('a bar changed behind the loader\'s back is a date that is not as loaded', async (t) => {
  await pool.query(`update ohlcv_daily set close = close + 0.01 where symbol_id = 3 and time = '2016-11-28'`)
  const answer = await make(['--date', '2016-11-28', '--exit-code'])
  t.equal(answer.exitCode, 3)
  t.match(read(answer).figures.get('consistency.dates_not_as_loaded'), { value: 1, goal: 'none', met: false })
  t.same(read(answer).tables.get('consistency.not_as_loaded')?.rows, [['2016-11-28', 'values were changed', 'ohlcv load --start 2016-11-28 --end 2016-11-28']])
})

await t.test('what providers did and what took long is told with what should be changed', async (t) => {
  await pool.query(`insert into provider_metrics (provider_name, date, requests, succeeded, failed, rate_limited, bars, latency_ms, expected, counted) values ('yahoo', current_date, 1000, 950, 50, 20, 9000, 200000, 10000, 9000)`)
  await pool.query(`insert into ingestion_runs (command, parameters, version, status, exit_code, started_at, finished_at) values ('load', '{}', '0', 'failed', 3, clock_timestamp(), clock_timestamp() + interval '2 hours 30 minutes')`)
  const found = read(await make(['--date', '2016-11-28', '--quick']))
  t.same(shares(found, 'providers.requests_failed', 'providers.answers_complete'), [['providers.requests_failed', 50, 1000, 5, 'under 1 %', false], ['providers.answers_complete', 9000, 10_000, 90, null, null]])
  t.same(found.tables.get('providers.providers')?.rows.find(([name]) => name === 'yahoo')?.slice(0, 6), ['yahoo', 1000, '95 %', 20, 9000, '0.2 s'])
  t.match(found.figures.get('work.longest_run'), { value: 9_000_000, text: '150 min', goal: 'under 2 hours', met: false })
  t.match(found.notes, /Run \d+ of load took 150 min/)
  t.match(found.notes, /yahoo refused 20 of 1,000 tries as too many/)
})

await t.test('a report is kept where its maker may write, as it was printed; a reader\'s is made and not kept', async (t) => {
  const kept = async () => (await pool.query<{ report_id: number; document: object }>('select report_id, document from validation_reports order by report_id desc limit 1')).rows[0]!
  const { json: { report_id: id, ...document } } = await make(['--date', '2016-11-29', '--quick'])
  t.same(await kept(), { report_id: id, document })
  const reader = await poolAs(t, { url, pool }, 'ohlcv_reader')
  const { json } = await make(['--date', '2016-11-29'], { pool: reader })
  t.equal(json['report_id'], null)
  t.equal((await kept()).report_id, id)
  t.equal((await pool.query(`select from ingestion_runs where command = 'report' and status <> 'succeeded'`)).rowCount, 0)
})

await t.test('as a page it goes to a file, whole or not at all, or is printed', async (t) => {
  const file = path.join(t.testdir({ 'report.html': 'of yesterday' }), 'report.html')
  const { text } = await make(['--date', '2016-11-29', '--quick', '--html', file])
  t.equal(text, `Wrote ${file}`)
  t.match(readFileSync(file, 'utf8'), /^<!DOCTYPE html>\n[^]*<\/html>\n$/)
  writeFileSync(file, 'of yesterday')
  await t.rejects(make(['--date', '2016-11-29', '--quick', '--html', path.join(file, 'x.html')]), { code: 'OUTPUT_UNWRITABLE' })
  t.equal(readFileSync(file, 'utf8'), 'of yesterday')
  t.match((await make(['--date', '2016-11-29', '--quick', '--html'])).text, /^<!DOCTYPE html>/)
})

await t.test('by mail it comes once for its dates, as a page and as text; while the server is down it waits', async (t) => {
  const smtp = await startSmtpServer(t)
  const mail = (date: string, port: number): Promise<Answer> =>
    runCommand(report, ['report', '--date', date, '--quick', '--mail'], { pool, now: NOW, settings: { 'mail-to': 'a@example.com,b@example.com', 'mail-from': 'ohlcv@example.com' }, env: { OHLCV_SMTP_URL: `smtp://127.0.0.1:${port}` } })
  for (const again of [false, true]) {
    t.match(await mail('2016-11-28', 1), { exitCode: 3, text: /\nIt could not be mailed now \(CHANNEL_UNREACHABLE\): ohlcv monitor tries again$/ }, again ? 'asked for again it is no better' : 'down')
  }
  // Noon is not past the minute after which it is tried again; the report of another date is not held up by it.
  const { exitCode, text } = await mail('2016-11-29', smtp.port)
  t.same([exitCode, text.split('\n').at(-1)], [0, 'Mailed: taken for 2 recipients (250)'])
  t.match((await mail('2016-11-29', smtp.port)).text, /mailed before: it is not mailed again$/)
  t.match(await mail('2016-11-28', 1), { exitCode: 3, text: /could not be mailed now \(CHANNEL_UNREACHABLE\)/ }, 'what waits was not mailed')
  t.match(smtp.mails, [{ to: ['a@example.com', 'b@example.com'], mail: { subject: /^\[ohlcv\] Validation report, 2016-11-29: \d+ goals? met, \d+ missed, \d+ not checked$/, date: '2016-12-03T12:00:00.000Z' } }])
  t.match(smtp.mails[0]!.mail.html, /^<!DOCTYPE html>[^]*<h1 [^>]*>Validation report, 2016-11-29<\/h1>[^]*<\/html>\s*$/)
  t.match(smtp.mails[0]!.mail.text, /^Validation report, 2016-11-29\n[^]* goal under 0\.1 %/)
  t.same(smtp.mails[0]!.mail.text!.split('\n').filter((line) => line.length > 72), [])
  const { rows } = await pool.query(`select dedup_key, sent_at is not null as sent, code from notices join deliveries using (notice_id) where channel = 'mail' order by notice_id`)
  t.same(rows, [{ dedup_key: 'report 2016-11-28 2016-11-28', sent: false, code: 'CHANNEL_UNREACHABLE' }, { dedup_key: 'report 2016-11-29 2016-11-29', sent: true, code: null }])
  smtp.fault = (step) => (step === 'data' ? '554 no' : undefined)
  t.match(await mail('2016-11-28', smtp.port), { exitCode: 3, text: /\nIt could not be mailed \(CHANNEL_REFUSED\), and nobody tries again until the next --mail$/ }, 'the server is up, and wants none of it')
  smtp.fault = () => undefined
  t.match(await mail('2016-11-28', smtp.port), { exitCode: 0, text: /\nMailed: taken for 2 recipients \(250\)$/ }, 'who asks again has it sent')
  t.equal(smtp.mails.length, 2)
  await t.rejects(make(['--date', '2016-11-29', '--quick', '--mail']), { code: 'CHANNEL_NONE' })
})

await t.test('of pages that are written to one file at once it is the whole of one, and nothing is left beside it', async (t) => {
  const folder = t.testdir({})
  const file = path.join(folder, 'report.html')
  const texts = Array.from({ length: 12 }, (_, at) => String.fromCharCode(97 + at).repeat(300_000 + 50_000 * at))
  await Promise.all(texts.map((text) => writeWhole(file, text)))
  t.ok(texts.includes(readFileSync(file, 'utf8')))
  t.same(readdirSync(folder), ['report.html'])
})

await t.test('as text its tables fit the terminal, and goals that are missed are named', async (t) => {
  const { text } = await runCommand(report, ['report', '--start', '2016-11-28', '--end', '2016-12-01'], { pool, now: NOW, room: 100 })
  t.match(text, /^Validation report, 2016-11-28 to 2016-12-01 \(made /)
  t.match(text, /Expected bars that are missing +30 % \(6 of 20\) +goal under 0\.1 % +MISSED\n/)
  t.match(text, /2016-11-28 +█{20} +100 %/)
  t.same(text.split('\n').filter((line) => line.length > 100 && !/ohlcv|report before|earlier dates|Advice/.test(line)), [])
})

await t.test('dates that contradict each other are refused', async (t) => {
  await t.rejects(make(['--date', '2016-11-29', '--start', '2016-11-28']), { code: 'DATES_UNCLEAR' })
  await t.rejects(make(['--start', '2016-11-30', '--end', '2016-11-28']), { code: 'DATES_BACKWARDS' })
})
