import { createHash } from 'node:crypto'
import t from 'tap'
import { verify } from '../../../lib/cli/commands/verify.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { runCommand, type Answer } from '../../helpers/run-command.js'
import { insertDay, insertRun, insertSymbols } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

const sha256 = (...lines: string[]): string => createHash('sha256').update(lines.map((line) => `${line}\n`).join('')).digest('hex')
const report = (...line: string[]): Promise<Answer> => runCommand(verify, ['verify', '--report', ...line], { pool, now: '2025-03-01T12:00:00Z' })
const assetsOf = ({ json }: Answer) => json['assets'] as Record<string, unknown>[]
const JANUARY = ['--start', '2025-01-21', '--end', '2025-01-31'] as const

t.beforeEach(async () => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB', '[2025-01-23,2025-01-30)'], [3, 'CCC']])
  const runId = await insertRun(pool)
  // 2025-01-21 to 31 are nine sessions.
  await insertDay(pool, '2025-01-22', { runId, bars: [[1, '10.50', '12', '9', '11', '100.0', 7]] })
  await insertDay(pool, '2025-01-23', { runId, bars: [[1, '11', '13', '10', '12.25', '0.000001'], [2, '1', '1', '1', '1', '1', 1]] })
  await insertDay(pool, '2025-01-29', { runId, bars: [[1, '12', '13', '10', '12', '5', 1], [2, '2', '2', '2', '2', '2', 2]] })
})

await t.test('each security has its rows counted, what is missing as ranges of sessions, and the hash of its canonical rows', async (t) => {
  const answer = await report(...JANUARY)
  t.equal(answer.exitCode, 0)
  t.same(answer.json, { start: '2025-01-21', end: '2025-01-31', assets: [
    {
      symbol_id: 1, symbol: 'AAA', interval: 'day', expected: 9, stored: 3, missing: 6, unexpected: 0, gap_count: 3, duplicates: 0,
      gaps: [{ start: '2025-01-21', end: '2025-01-21', bars: 1 }, { start: '2025-01-24', end: '2025-01-28', bars: 3 }, { start: '2025-01-30', end: '2025-01-31', bars: 2 }],
      sha256: sha256('2025-01-22,10.5,12,9,11,100,7', '2025-01-23,11,13,10,12.25,0.000001,', '2025-01-29,12,13,10,12,5,1'),
    },
    {
      symbol_id: 2, symbol: 'BBB', interval: 'day', expected: 5, stored: 2, missing: 3, unexpected: 0, gap_count: 1, duplicates: 0,
      gaps: [{ start: '2025-01-24', end: '2025-01-28', bars: 3 }], sha256: sha256('2025-01-23,1,1,1,1,1,1', '2025-01-29,2,2,2,2,2,2'),
    },
  ] }, 'of those that have rows')
  t.match(answer.text, '2 securities, day bars from 2025-01-21 to 2025-01-31: 14 expected, 5 stored, 9 missing.')
  t.match(answer.text, 'AAA lacks 2025-01-21, 2025-01-24..2025-01-28, 2025-01-30..2025-01-31')
  t.same(answer.csv!.split('\n')[2], `BBB,day,2025-01-21,2025-01-31,5,2,3,0,1,2025-01-24..2025-01-28,0,${sha256('2025-01-23,1,1,1,1,1,1', '2025-01-29,2,2,2,2,2,2')}`)
  const [named] = assetsOf(await report(...JANUARY, '--symbols', 'CCC'))
  t.match(named, { symbol: 'CCC', expected: 9, stored: 0, missing: 9, gap_count: 1, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }, 'one that is named has none: the hash of nothing')
})

await t.test('the hash is of what is stored, not of how it came there', async (t) => {
  const before = assetsOf(await report(...JANUARY)).map((asset) => asset['sha256'])
  await pool.query(`
    create table again as select * from ohlcv_daily;
    delete from ohlcv_daily;
    insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, transactions, load_id, filled_by, fetch_id)
    select symbol_id, time, open * 1.000, high, low, close, volume, transactions, 0, 'massive', 5 from again order by time desc, symbol_id desc;
    drop table again`)
  t.same(assetsOf(await report(...JANUARY)).map((asset) => asset['sha256']), before)
  await pool.query(`update ohlcv_daily set volume = 0.000002 where volume = 0.000001`)
  const after = assetsOf(await report(...JANUARY)).map((asset) => asset['sha256'])
  t.not(after[0], before[0])
  t.equal(after[1], before[1])
  const { rows: [known] } = await pool.query<{ hash: string }>(`
    select encode(sha256(convert_to(string_agg(concat_ws(',', time, trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close), trim_scale(volume), coalesce(transactions::text, '')) || E'\\n', '' order by time), 'UTF8')), 'hex') as hash
    from ohlcv_daily where symbol_id = 1`)
  t.equal(after[0], known!.hash)
})

await t.test('a range over years is one sequence: a gap goes on from quarter to quarter', async (t) => {
  // From 2024-11-01 to 2025-02-28 there are 80 sessions: 20, 21, 20 and 19. Of January twelve are up to the 21st: the 9th was a day of mourning, the 20th a holiday.
  const [asset] = assetsOf(await report('--start', '2024-11-01', '--end', '2025-02-28', '--symbols', 'AAA'))
  t.match(asset, { expected: 80, stored: 3, missing: 77, gap_count: 3 })
  t.match((asset!['gaps'] as object[])[0], { start: '2024-11-01', end: '2025-01-21', bars: 53 })
})

await t.test('rows outside the listing are stored and not expected, and repeats that were kept out are counted', async (t) => {
  await pool.query(`
    insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id) values (2, '2025-01-31', 1, 1, 1, 1, 1, 1);
    insert into rejected_rows (dataset, date, line, reason, symbol, raw, load_id)
    values ('day_aggs', '2025-01-23', 5, 'duplicate', 'BBB', '', 2), ('day_aggs', '2025-01-23', 6, 'duplicate', 'AAA', '', 2), ('day_aggs', '2025-01-29', 5, 'duplicate', 'AAA', '', 3), ('day_aggs', '2025-01-29', 6, 'bad_number', 'AAA', '', 3)`)
  t.match(assetsOf(await report(...JANUARY)), [{ symbol: 'AAA', duplicates: 2 }, { symbol: 'BBB', expected: 5, stored: 3, missing: 3, unexpected: 1, duplicates: 1 }])
})

await t.test('of minutes and hours those of the regular session are expected, to the early close', async (t) => {
  await pool.query(`select ohlcv_minute_ensure_partitions('2024-11-29', '2024-12-02')`)
  // The day after Thanksgiving: 09:30 to 13:00 in New York is 14:30 to 18:00 in UTC. All minutes but two, one before and one after.
  await pool.query(`
    insert into ohlcv_minute (symbol_id, time, open, high, low, close, volume, load_id)
    select 1, at, 1, 1, 1, 1, 1, 1 from generate_series(timestamptz '2024-11-29T14:29Z', '2024-11-29T18:00Z', interval '1 minute') at where at not in ('2024-11-29T15:00Z', '2024-11-29T15:01Z');
    insert into ohlcv_hourly (symbol_id, time, open, high, low, close, volume, regular, partial, fetch_id)
    select 1, at, 1.50, 2, 1, 1, 1, true, false, 1 from generate_series(timestamptz '2024-11-29T14:00Z', '2024-11-29T16:00Z', interval '1 hour') at`)
  const [minutes] = assetsOf(await report('--start', '2024-11-29', '--end', '2024-11-29', '--interval', 'minute'))
  t.match(minutes, { interval: 'minute', expected: 210, stored: 210, missing: 2, unexpected: 2, gaps: [{ start: '2024-11-29T15:00:00Z', end: '2024-11-29T15:01:00Z', bars: 2 }] })
  const [hours] = assetsOf(await report('--start', '2024-11-29', '--end', '2024-12-01', '--interval', 'hour'))
  t.match(hours, {
    interval: 'hour', expected: 4, stored: 3, missing: 1, unexpected: 0, gaps: [{ start: '2024-11-29T17:00:00Z' }],
    sha256: sha256('2024-11-29T14:00:00Z,1.5,2,1,1,1,', '2024-11-29T15:00:00Z,1.5,2,1,1,1,', '2024-11-29T16:00:00Z,1.5,2,1,1,1,'),
  })
})

await t.test('weeks and months are those that begin in the range', async (t) => {
  await pool.query(`
    insert into ohlcv_weekly (symbol_id, time, open, high, low, close, volume, transactions, partial, fetch_id) values (1, '2025-01-19', 1, 1, 1, 1, 1, 1, false, 1), (1, '2025-02-02', 1, 1, 1, 1, 1, 1, false, 1);
    insert into ohlcv_monthly (symbol_id, time, open, high, low, close, volume, transactions, partial, fetch_id) values (1, '2025-02-01', 1, 1, 1, 1, 1, 1, false, 1)`)
  t.match(assetsOf(await report('--start', '2025-01-19', '--end', '2025-02-08', '--interval', 'week')), [{ expected: 3, stored: 2, gaps: [{ start: '2025-01-26', end: '2025-01-26' }], sha256: sha256('2025-01-19,1,1,1,1,1,1', '2025-02-02,1,1,1,1,1,1') }])
  t.match(assetsOf(await report('--start', '2025-01-02', '--end', '2025-02-28', '--interval', 'month')), [{ expected: 1, stored: 1, missing: 0 }])
})

await t.test('sessions that are not over are not expected, and what cannot be asked for is said', async (t) => {
  t.match(assetsOf(await runCommand(verify, ['verify', '--report', '--start', '2025-01-29', '--symbols', 'AAA'], { pool, now: '2025-01-31T16:00:00Z' })), [{ expected: 2, missing: 1 }])
  await t.rejects(report('--symbols', 'AAA'), { code: 'DATES_UNCLEAR' })
  await t.rejects(report(...JANUARY, '--symbols', 'aaa'), { code: 'SYMBOL_UNKNOWN' })
  t.equal((await report('--start', '2025-02-10', '--end', '2025-02-11')).text, '0 securities, day bars from 2025-02-10 to 2025-02-11: 0 expected, 0 stored, 0 missing.')
})
