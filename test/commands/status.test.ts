import type { Pool } from 'pg'
import t, { type Test } from 'tap'
import { status } from '../../lib/commands/status.js'
import { freshDatabase } from '../helpers/database.js'
import { runCommand, type Situation } from '../helpers/run-command.js'
import { insertAttempt, insertDay, insertReject, insertRun, insertSymbols, type TestName } from '../helpers/stored-days.js'

/** Tuesday 2016-11-29, 12:30 in New York: Monday's file has been due since 11:00. */
const NOW = '2016-11-29T17:30:00Z'

/** Thanksgiving week 2016: loaded, stale, failed, a stale file on the holiday, a thin Friday, and Monday as told. */
async function thanksgivingWeek(t: Test, monday?: string): Promise<Situation & { runId: number; pool: Pool }> {
  const { pool } = await freshDatabase(t)
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

await t.test('every date from the first loaded to the latest closed session has its state', async (t) => {
  const week = await thanksgivingWeek(t, 'not_published')
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
  const week = await thanksgivingWeek(t)
  const { json, text } = await runCommand(status, ['status'], week)
  t.same((json['attention'] as { kind: string; finding: boolean; command: string }[]).map(({ kind, finding, command }) => [kind, finding, command]), [
    ['stale', false, 'ohlcv load --start 2016-11-22 --end 2016-11-22'],
    ['failed', false, 'ohlcv load --start 2016-11-23 --end 2016-11-23 --only failed'],
    ['not_loaded', false, 'ohlcv load --start 2016-11-28 --end 2016-11-28 --only unloaded'],
    ['closed_day_file', true, 'ohlcv load --start 2016-11-24 --end 2016-11-24 --include-closed'],
    ['thin', true, 'ohlcv status --date 2016-11-25'],
  ])
  t.ok(text.indexOf('Needs attention:') < text.indexOf('Worth a look:'))
  t.match(text, /Thanksgiving Day/)
})

await t.test('coverage is measured against the median of the loaded sessions before, with a threshold that is a setting', async (t) => {
  const week = await thanksgivingWeek(t)
  const { json } = await runCommand(status, ['status', '--start', '2016-11-25', '--end', '2016-11-25'], week)
  // The median of 100 and 99 is 99.5; 70 of it are 70.4 percent.
  t.match(json['days'], [{ date: '2016-11-25', row_count: 70, coverage: 70.4, thin: true }])
  const lower = await runCommand(status, ['status', '--start', '2016-11-25', '--end', '2016-11-25'], { ...week, settings: { 'thin-below': '70' } })
  t.match(lower.json['days'], [{ thin: false }])
})

await t.test('as a check it exits 3, 4 or 0', async (t) => {
  const check = async (situation: Situation, ...flags: string[]): Promise<number> => (await runCommand(status, ['status', '--exit-code', ...flags], situation)).exitCode
  const week = await thanksgivingWeek(t, 'not_published')
  t.equal(await check(week), 3)
  t.equal(await check(week, '--start', '2016-11-24'), 4, 'only Monday is outstanding; thin and closed-day files are findings')
  t.equal(await check(week, '--start', '2016-11-24', '--end', '2016-11-25'), 0)
  t.equal(await check(week, '--date', '2016-11-23'), 3)
})

await t.test('one date is told whole', async (t) => {
  const week = await thanksgivingWeek(t)
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
  const week = await thanksgivingWeek(t)
  t.match((await runCommand(status, ['status', '--date', '2016-11-23'], week)).text, /failed.*GZIP_CORRUPT: the file ends.*--only failed$/s)
  t.match((await runCommand(status, ['status', '--date', '2016-11-24'], week)).text, /^2016-11-24 {2}holiday {2}\(closed: Thanksgiving Day\)/)
  t.equal((await runCommand(status, ['status', '--date', '2016-11-26'], week)).text, '2016-11-26: a weekend, and no file was ever found')
})

await t.test('a symbol\'s gaps are loaded sessions between its first and last bar', async (t) => {
  const week = await thanksgivingWeek(t)
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
  const week = await thanksgivingWeek(t)
  await insertDay(week.pool, '2016-11-26', { runId: week.runId, bars: 3 })
  const { json, text } = await runCommand(status, ['status'], week)
  t.equal(json['latest_loaded'], '2016-11-25')
  t.match((json['days'] as unknown[])[5], { date: '2016-11-26', state: 'loaded', session: false, coverage: null, thin: false })
  t.match(text, 'Sat  26█')
})

await t.test('closures that the user keeps count', async (t) => {
  const week = await thanksgivingWeek(t)
  await week.pool.query(`insert into calendar_overrides (exchange, date, kind, reason) values ('XNYS', '2016-11-28', 'closed', 'a storm')`)
  t.equal((await runCommand(status, ['status'], week)).json['latest_closed'], '2016-11-25')
})

await t.test('an empty database says how to begin', async (t) => {
  const { pool } = await freshDatabase(t)
  const { text, exitCode } = await runCommand(status, ['status'], { pool, now: NOW })
  t.equal(text, 'Nothing is loaded yet. Begin with: ohlcv load --days 5')
  t.equal(exitCode, 0)
})

await t.test('years in which nothing was tried take one line', async (t) => {
  const week = await thanksgivingWeek(t)
  const { text } = await runCommand(status, ['status'], { ...week, now: '2020-01-02T23:00:00Z' })
  // NYSE: 251 sessions in 2017, 251 in 2018, 252 in 2019 and the first of 2020.
  t.match(text, '2017 to 2020: 755 sessions, none tried')
})
