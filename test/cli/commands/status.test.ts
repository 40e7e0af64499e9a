import type { Pool } from 'pg'
import t from 'tap'
import { status } from '../../../lib/cli/commands/status/status.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { undated } from '../../../lib/formats/listing.js'
import { importListings } from '../../../lib/features/universe/import.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { ACCEPTED, directorySource, loadDates, manyBars, putDayFile, registerSymbols, runtimeOf } from '../../helpers/load.js'
import { storeFetched } from '../../helpers/fetched.js'
import { runCommand, type Situation } from '../../helpers/run-command.js'
import { insertAttempt, insertDay, insertReject, insertRun, insertSymbols, type TestName } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

/** Tuesday 2016-11-29, 12:30 in New York: Monday's file has been due since 11:00. */
const NOW = '2016-11-29T17:30:00Z'

/** Thanksgiving week 2016: loaded, stale, failed, a stale file on the holiday, a thin Friday, and Monday as told. */
async function thanksgivingWeek(monday?: string): Promise<Situation & { runId: number; pool: Pool }> {
  await empty(pool)
  const names = Array.from({ length: 100 }, (_, i): TestName => [i + 1, `S${i + 1}`])
  await insertSymbols(pool, [...names, [101, 'NEW']])
  const runId = await insertRun(pool)
  const loadId = await insertDay(pool, '2016-11-21', { runId, bars: 100 })
  await insertAttempt(pool, runId, '2016-11-21', 'loaded', { loadId })
  await insertDay(pool, '2016-11-22', { runId, bars: 99, unknown: ['NEW', 'NOBODY'] })
  await insertAttempt(pool, runId, '2016-11-22', 'loaded')
  await insertAttempt(pool, runId, '2016-11-23', 'source_failed', { code: 'GZIP_CORRUPT', message: 'the file ends early' })
  await insertAttempt(pool, runId, '2016-11-24', 'holiday', { code: 'FILE_ON_CLOSED_DAY', message: 'there is a file for a closed day' })
  await insertDay(pool, '2016-11-25', { runId, bars: 70, rejected: 2 })
  await insertAttempt(pool, runId, '2016-11-25', 'loaded')
  if (monday !== undefined) await insertAttempt(pool, runId, '2016-11-28', monday)
  return { pool, runId, now: NOW }
}

const states = (json: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries((json['days'] as { date: string; state: string }[]).map(({ date, state }) => [date, state]))

await t.test('what rules of quality have found and nobody has explained is counted, on the dates that are shown', async (t) => {
  const week = await thanksgivingWeek()
  await pool.query(`
    insert into findings (rule, symbol_id, symbol, date, last_date, state, cause, details, seen) values
      ('spike', 1, 'S1', '2016-11-22', '2016-11-22', 'open', null, '{}', 'x'), ('stale', 2, 'S2', '2016-11-21', '2016-11-22', 'open', null, '{}', 'x'),
      ('spike', 3, 'S3', '2016-11-22', '2016-11-22', 'explained', 'split', '{}', 'x')`)
  const { json, text, exitCode } = await runCommand(status, ['status'], week)
  t.equal(json['open_findings'], 2)
  t.equal(exitCode, 0)
  t.match(text, '2 open findings of quality: ohlcv quality findings --start 2016-11-21 --end 2016-11-28')
  const day = await runCommand(status, ['status', '--date', '2016-11-21'], week)
  t.equal(day.json['open_findings'], 1)
  t.match(day.text, '1 open finding of quality: ohlcv quality findings --start 2016-11-21 --end 2016-11-21')
  t.equal((await runCommand(status, ['status', '--dataset', 'minute'], week)).json['open_findings'], null)
})

await t.test('every date from the first loaded to the latest closed session has its state', async (t) => {
  const week = await thanksgivingWeek('not_published')
  const { json, text, exitCode } = await runCommand(status, ['status'], week)
  t.same(states(json), {
    '2016-11-21': 'loaded', '2016-11-22': 'stale', '2016-11-23': 'failed', '2016-11-24': 'holiday', '2016-11-25': 'loaded', '2016-11-28': 'not_published',
  })
  t.match(json, {
    start: '2016-11-21', end: '2016-11-28', latest_loaded: '2016-11-25', latest_closed: '2016-11-28', lag_sessions: 1,
    totals: { loaded: 2, stale: 1, failed: 1, holiday: 1, not_published: 1, missing: 0, not_loaded: 0 },
  })
  t.equal(exitCode, 0)
  t.equal(text.split('\n').slice(2, 8).join('\n'), [
    '2016 Nov', 'Mon  21█  28p', 'Tue  22s', 'Wed  23F', 'Thu  24h', 'Fri  25▒',
  ].join('\n'))
  t.match(text, 'Latest session loaded: 2016-11-25, 1 session behind 2016-11-28\nThe file of 2016-11-28 is due 2016-11-29 16:00:00Z')
})

await t.test('what needs attention comes with the command that mends it, findings apart', async (t) => {
  const week = await thanksgivingWeek()
  const { json, text } = await runCommand(status, ['status'], week)
  t.same((json['attention'] as { kind: string; finding: boolean; command: string }[]).map(({ kind, finding, command }) => [kind, finding, command]), [
    ['stale', false, 'ohlcv load --start 2016-11-22 --end 2016-11-22'],
    ['failed', false, 'ohlcv load --start 2016-11-23 --end 2016-11-23 --only failed'],
    ['not_loaded', false, 'ohlcv load --start 2016-11-28 --end 2016-11-28 --only unloaded'],
    ['closed_day_file', true, 'ohlcv status --date 2016-11-24'],
    ['thin', true, 'ohlcv status --date 2016-11-25'],
  ])
  t.ok(text.indexOf('Needs attention:') < text.indexOf('Worth a look:'))
  t.match(text, /Thanksgiving Day/)
})

await t.test('coverage is measured against the median of the loaded sessions around a date, with a threshold that is a setting', async (t) => {
  const week = await thanksgivingWeek()
  const { json } = await runCommand(status, ['status', '--start', '2016-11-25', '--end', '2016-11-25'], week)
  // The median of 100 and 99 is 99.5; 70 of it are 70.4 percent.
  t.match(json['days'], [{ date: '2016-11-25', row_count: 70, coverage: 70.4, thin: true }])
  t.match((await runCommand(status, ['status', '--date', '2016-11-25'], week)).text, '70 bars, 70.4 % of the median of the sessions around it: thin')
  const lower = await runCommand(status, ['status', '--start', '2016-11-25', '--end', '2016-11-25'], { ...week, settings: { 'thin-below': '70' } })
  t.match(lower.json['days'], [{ thin: false }])
})

await t.test('as a check it exits 3, 4 or 0', async (t) => {
  const check = async (situation: Situation, ...flags: string[]): Promise<number> => (await runCommand(status, ['status', '--exit-code', ...flags], situation)).exitCode
  const week = await thanksgivingWeek('not_published')
  t.equal(await check(week), 3)
  t.equal(await check(week, '--start', '2016-11-24'), 4, 'only Monday is outstanding; thin and closed-day files are findings')
  t.equal(await check(week, '--start', '2016-11-24', '--end', '2016-11-25'), 0)
  t.equal(await check(week, '--date', '2016-11-23'), 3)
})

await t.test('one date is told whole', async (t) => {
  const week = await thanksgivingWeek()
  await insertReject(week.pool, '2016-11-25', 7, 'bad_number', 'XYZ', 'XYZ,x')
  const { json, text, csv } = await runCommand(status, ['status', '--date', '2016-11-25'], week)
  t.match(json, {
    date: '2016-11-25', state: 'loaded', session: true, row_count: 70, thin: true, previous_session: '2016-11-22',
    lineage: { provider: 'massive', object_key: 'us_stocks_sip/day_aggs_v1/2016-11-25.csv.gz', source_identity: 'etag:2016-11-25', size_bytes: 345678, counts: { read: 72, staged: 70, rejected: 2 } },
    new_symbols: [], unknown_symbols: [], rejects: [{ reason: 'bad_number', rows: 1 }], attempts: [{ outcome: 'loaded' }],
  })
  t.same((json['missing_symbols'] as string[]).length, 29, 'S71 to S99')
  t.match(text, '29 that had a bar on 2016-11-22: S71, S72')
  t.match(text, '72 read = 70 staged + 2 rejected')
  t.match(csv, 'missing,S71\n')
  const stale = await runCommand(status, ['status', '--date', '2016-11-22'], week)
  t.same(stale.json['unknown_symbols'], [{ symbol: 'NEW', known_now: true }, { symbol: 'NOBODY', known_now: false }])
})

await t.test('a date that is not loaded tells its history, a weekend and a holiday what they are', async (t) => {
  const week = await thanksgivingWeek()
  t.match((await runCommand(status, ['status', '--date', '2016-11-23'], week)).text, /failed.*GZIP_CORRUPT: the file ends.*--only failed$/s)
  t.match((await runCommand(status, ['status', '--date', '2016-11-24'], week)).text, /^2016-11-24 {2}holiday {2}\(closed: Thanksgiving Day\)/)
  t.equal((await runCommand(status, ['status', '--date', '2016-11-26'], week)).text, '2016-11-26: a weekend, and no file was ever found')
})

await t.test('a symbol\'s gaps are loaded sessions between its first and last bar', async (t) => {
  const week = await thanksgivingWeek()
  await insertDay(week.pool, '2016-11-28', { runId: week.runId, bars: 100 })
  await week.pool.query(`delete from ohlcv_daily where symbol_id = 80 and time = '2016-11-22'`)
  const { json, text } = await runCommand(status, ['status', '--symbol', 'S80'], week)
  t.match(json, {
    first: '2016-11-21', last: '2016-11-28', bars: 2, sessions: 5,
    gaps: [{ start: '2016-11-22', end: '2016-11-22', sessions: 1 }, { start: '2016-11-25', end: '2016-11-25', sessions: 1 }],
    not_loaded: [{ start: '2016-11-23', end: '2016-11-23', sessions: 1 }],
  })
  t.match(text, 'No bar on 2 sessions that are loaded:')
  t.match((await runCommand(status, ['status', '--symbol', 'S1'], week)).text, 'No gap')
  t.match((await runCommand(status, ['status', '--symbol', 'NEW'], week)).text, 'No bars are stored for it.')
  await t.rejects(runCommand(status, ['status', '--symbol', 'S1', '--start', '2016-11-21'], week), { code: 'FLAGS_CONFLICT' })
})

await t.test('a file loaded on a closed day is no session: it neither leads nor weighs', async (t) => {
  const week = await thanksgivingWeek()
  await insertDay(week.pool, '2016-11-26', { runId: week.runId, bars: 3 })
  const { json, text } = await runCommand(status, ['status'], week)
  t.equal(json['latest_loaded'], '2016-11-25')
  t.match((json['days'] as unknown[])[5], { date: '2016-11-26', state: 'loaded', session: false, coverage: null, thin: false })
  t.match(text, 'Sat  26█')
})

await t.test('closures that the user keeps count', async (t) => {
  const week = await thanksgivingWeek()
  await week.pool.query(`insert into calendar_overrides (exchange, date, kind, reason) values ('XNYS', '2016-11-28', 'closed', 'a storm')`)
  t.equal((await runCommand(status, ['status'], week)).json['latest_closed'], '2016-11-25')
})

await t.test('an empty database says how to begin', async (t) => {
  await empty(pool)
  const { text, exitCode } = await runCommand(status, ['status'], { pool, now: NOW })
  t.equal(text, 'Nothing is loaded yet. Begin with: ohlcv load --days 5')
  t.equal(exitCode, 0)
})

await t.test('years in which nothing was tried take one line', async (t) => {
  const week = await thanksgivingWeek()
  const { text } = await runCommand(status, ['status'], { ...week, now: '2020-01-02T23:00:00Z' })
  // NYSE: 251 sessions in 2017, 251 in 2018, 252 in 2019 and the first of 2020.
  t.match(text, '2017 to 2020: 755 sessions, none tried')
})

await t.test('the very first file is held against those after it', async (t) => {
  await empty(pool)
  const runId = await insertRun(pool)
  await insertDay(pool, '2016-11-21', { runId, bars: 50 })
  const first = async () => ((await runCommand(status, ['status', '--end', '2016-11-21'], { pool, now: NOW })).json['days'] as Record<string, unknown>[])[0]
  t.match(await first(), { coverage: null, thin: false }, 'there is nothing to hold it against')
  await insertDay(pool, '2016-11-22', { runId, bars: 100 })
  t.match(await first(), { coverage: 50, thin: true })
})

await t.test('bars dropped by a change of symbols are told with their number and what reads the files again', async (t) => {
  const week = await thanksgivingWeek()
  await insertDay(week.pool, '2016-11-23', { runId: week.runId, bars: 100 })
  await week.pool.query(`update days set stale = true, dropped = case date when '2016-11-21' then 1 else 2 end where date < '2016-11-24'`)
  const { json, text } = await runCommand(status, ['status', '--end', '2016-11-25'], week)
  t.match((json['attention'] as { kind: string }[]).filter(({ kind }) => kind === 'stale' || kind === 'dropped'), [
    { kind: 'stale', finding: false, dates: 3, what: 'the file gives other bars now, because symbols have changed' },
    { kind: 'dropped', finding: true, dates: 3, what: '5 bars dropped by a change of symbols', command: 'ohlcv load --start 2016-11-21 --end 2016-11-23' },
  ])
  t.match(text, '2016-11-21 to 2016-11-23, 3 dates: 5 bars dropped by a change of symbols\n      ohlcv load --start 2016-11-21 --end 2016-11-23')
  t.match(json['days'], [{ dropped: 1 }, { dropped: 2 }, { dropped: 2 }, { dropped: 0 }, { dropped: 0 }])
  t.match((await runCommand(status, ['status', '--date', '2016-11-21'], week)).text, '1 bar dropped by a change of symbols: ohlcv load --start 2016-11-21 --end 2016-11-21')
})

await t.test('once their files are read again nothing is dropped any more', async (t) => {
  await empty(pool)
  const [root, date] = [t.testdir({}), '2016-11-21']
  const symbols = manyBars(20).map((bar) => bar.slice(0, 4))
  await registerSymbols(pool, symbols)
  putDayFile(root, date, manyBars(20))
  await loadDates(pool, directorySource(root), date)
  const kinds = async () => ((await runCommand(status, ['status', '--end', date], { pool, now: NOW })).json['attention'] as { kind: string; what: string }[]).map(({ kind, what }) => [kind, what])
  t.same(await kinds(), [])
  const dated = { ...undated(2, 'A007', {}), from: isoDate('2016-11-22') }
  await importListings(runtimeOf(pool), { listings: { rows: [dated], testIssues: 0 }, cause: 'import', ...ACCEPTED, correct: true })
  t.same(await kinds(), [['stale', 'the file gives other bars now, because symbols have changed'], ['dropped', '1 bar dropped by a change of symbols']])
  t.same((await loadDates(pool, directorySource(root), date)).days.map(({ outcome }) => outcome), ['loaded'])
  t.same(await kinds(), [])
})

await t.test('unknown rows', async (t) => {
  await empty(pool)
  const runId = await insertRun(pool)
  const unknown = (count: number) => Array.from({ length: count }, (_, i) => `U${i}`)
  const week = { pool, now: NOW }
  await insertDay(pool, '2016-11-21', { runId, bars: 100 })
  await insertDay(pool, '2016-11-22', { runId, bars: 100 })

  await t.test('are not spoken of where there are none', async (t) => {
    t.notMatch((await runCommand(status, ['status'], week)).text, /unknown/i)
  })

  await t.test('are told in percent of what was read, and by date', async (t) => {
    await insertDay(pool, '2016-11-23', { runId, bars: 98, unknown: unknown(2) })
    await insertDay(pool, '2016-11-25', { runId, bars: 98, unknown: unknown(102) })
    const { text, json, csv } = await runCommand(status, ['status', '--end', '2016-11-25'], week)
    t.match(text, 'Unknown rows: 20.8 % of what was read; most on 2016-11-25: 51.0 %', '104 of 500')
    t.match(json['days'], [{ read_rows: 100, unknown_rows: 0 }, { read_rows: 100 }, { read_rows: 100, unknown_rows: 2 }, { read_rows: null, unknown_rows: null }, { read_rows: 200, unknown_rows: 102 }])
    t.match(csv, /^date,.*,thin,read_rows,unknown_rows,dropped\n.*\n2016-11-25,loaded,,,98,98\.0,no,200,102,0\n$/s)
  })

  await t.test('that are most of a date keep it from counting as whole', async (t) => {
    t.match((await runCommand(status, ['status', '--end', '2016-11-25'], week)).text, /Wed {2}23█\n.*\nFri {2}25▓\n/)
  })

  await t.test('that suddenly are many are a finding, few more are none', async (t) => {
    const { json } = await runCommand(status, ['status', '--end', '2016-11-25'], week)
    t.same(json['attention'], [{
      kind: 'unknown', finding: true, start: '2016-11-25', end: '2016-11-25', dates: 1,
      what: 'unknown symbols in 51.0 % of the rows, usually 0.0 %: import or discover them', command: 'ohlcv status --date 2016-11-25',
    }], '2 % on 2016-11-23 are less than 5 percentage points above the usual')
    const { text, json: date } = await runCommand(status, ['status', '--date', '2016-11-25'], week)
    t.match(text, /\n\nunknown symbols in 51\.0 % of the rows, usually 0\.0 %: import or discover them$/)
    t.match(date, { read_rows: 200, unknown_rows: 102 })
    t.equal((await runCommand(status, ['status', '--exit-code', '--end', '2016-11-25'], week)).exitCode, 0, 'a finding fails no check')
  })

  await t.test('that are always many are no finding', async (t) => {
    await pool.query('delete from ohlcv_daily')
    for (const date of ['2016-11-21', '2016-11-22', '2016-11-23', '2016-11-25']) await insertDay(pool, date, { runId, bars: 98, unknown: unknown(102) })
    t.same((await runCommand(status, ['status', '--end', '2016-11-25'], week)).json['attention'], [])
  })
})

await t.test('fills are told of a date without a file, and of a security', async (t) => {
  const week = await thanksgivingWeek()
  await storeFetched(pool, { requests: [{ symbol: null, start: '2016-11-23', bars: ['1,2016-11-23,7', '2,2016-11-23,7'] }] })
  await storeFetched(pool, { provider: 'other', requests: [{ symbol: 'S3', start: '2016-11-23', bars: ['3,2016-11-23,7'] }] })
  const { text, json } = await runCommand(status, ['status', '--date', '2016-11-23'], week)
  t.match(text, /^2016-11-23 {2}failed {2}\(session\)\n2 fills of massive\n1 fill of other\n/)
  t.match(json, { row_count: null, fills: [{ provider: 'massive', bars: 2 }, { provider: 'other', bars: 1 }] })
  t.match((await runCommand(status, ['status', '--date', '2016-11-22'], week)).json, { row_count: 99, fills: [] })
  const security = await runCommand(status, ['status', '--symbol', 'S1'], week)
  t.match(security.text, /4 bars, 1 of them fills, from 2016-11-21 to 2016-11-25, over 4 sessions/)
  t.match(security.json, { bars: 4, fills: 1, gaps: [], not_loaded: [] }, 'a session with a fill is not one of which nothing is known')
  t.match((await runCommand(status, ['status', '--symbol', 'S4'], week)).json, { bars: 3, fills: 0, not_loaded: [{ start: '2016-11-23', end: '2016-11-23' }] })
  t.match((await runCommand(status, ['status', '--end', '2016-11-28'], week)).json, { totals: { failed: 1 } }, 'and is not loaded')
})

await t.test('each watched asset is told with how far its bars reach, how late and how whole they are, and the same as JSON and CSV', async (t) => {
  const week = { ...await thanksgivingWeek(), settings: { watch: 'S1,S80,NOPE' } }
  const asked = ['status', '--assets']
  const { text, json, schema } = await runCommand(status, asked, week)
  t.equal(schema, 'ohlcv.summary/1', 'the document is that of the status service')
  // Wednesday 23 November failed: its file was due on Thursday at 16:00 UTC, five days and an hour and a half before. S80 lacks the thin Friday, of which a file has spoken.
  t.match(text, 'Data is late. Latest session loaded: 2016-11-25, a file 5 days 1 hour late.')
  t.match(text, /^S1 +day +2016-11-21 +2016-11-25 +5 days 1 hour +60\.0 % +2 +- +massive$/m)
  t.match(text, /^S80 +day +2016-11-21 +2016-11-22 +5 days 1 hour +40\.0 % +3 +- +massive$/m)
  t.match(text, /^NOPE +day +- +- +not in the universe +- +0 +- +-$/m)
  t.match(json, { verdict: { state: 'stale' }, assets: [{ asset: 'S1', sessions: 3, expected: 5 }, { asset: 'S80', sessions: 2, expected: 5, gaps: 1 }, { asset: 'NOPE', symbol_id: null }] })
  t.match((await runCommand(status, asked, week)).csv, /^S80,day,2016-11-21,2016-11-22,2,5,40,1,3,7290,yes,,massive\r?$/m)
  await t.rejects(runCommand(status, [...asked, '--date', '2016-11-21'], week), { code: 'FLAGS_CONFLICT' })
})
