import t from 'tap'
import { compare } from '../../../lib/cli/commands/compare/compare.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { giveBars } from '../../helpers/provider-bars.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertDay, insertRun, insertSymbols } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
const run = (line: string, room = Infinity) => runCommand(compare, `compare ${line}`.trim().split(' '), { pool, room, now: '2025-02-01T12:00:00Z' })

/** Three securities on three days: AAA is told alike, BBB has a close and a high of its own, CCC is not given on the second day. */
async function someBars(): Promise<void> {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB'], [3, 'CCC'], [4, 'DDD']])
  const runId = await insertRun(pool)
  for (const [date, close] of [['2025-01-06', '11'], ['2025-01-07', '12'], ['2025-01-08', '13']] as const) {
    await insertDay(pool, date, { runId, bars: [1, 2, 3].map((id) => [id, '10', '14', '9', close, '1000']) })
  }
  await pool.query(`update ohlcv_daily set filled_by = 'yahoo' where symbol_id = 3 and time = '2025-01-06'`)
  await giveBars(pool, { provider: 'yahoo', basis: 'split', bars: [
    '1,2025-01-06,10,14,9,11,1005', '1,2025-01-07,10,14,9,12,1020', '1,2025-01-08,10,14,9,13,1200',
    '2,2025-01-06,10,14,9,11.1,1000', '2,2025-01-07,10,1234.5,9,12,1000', '2,2025-01-08,10,14,9,13,1000', '2,2025-01-09,10,14,9,13,1000,p',
    '3,2025-01-06,10,14,9,11,1000', '3,2025-01-08,10,14,9,13,1000',
  ] })
}

await t.test('counts and shares are told by symbol, the worst first, then the worst differences with their reasons', async (t) => {
  await someBars()
  const { text, json, exitCode } = await run('--provider yahoo --start 2025-01-06 --end 2025-01-09')
  t.equal(exitCode, 0, 'differences are findings and no failure')
  t.equal(text, [
    'daily bars of yahoo (adjusted: split) against ohlcv_daily, 2025-01-06 to 2025-01-09',
    '',
    'symbol  both  only yahoo  only stored  closes within 0.01 %  over 1 %  volume over 1 %  over 10 %',
    'BBB        3           1            0        2 of 3, 66.6 %         0                0          0',
    'CCC        2           0            1       2 of 2, 100.0 %         0                0          0',
    'AAA        3           0            0       3 of 3, 100.0 %         0                2          1',
    '',
    'Together: 7 of 8, 87.5 % of the closes within 0.01 %, 0 over 1 % apart.',
    '',
    '1 bar of both is a fill of yahoo itself.',
    '',
    'Differences: 1 high_low, 1 unexplained, 1 missing, 1 provisional.',
    '',
    'symbol  date        bars  reason                   apart  price    yahoo  stored',
    'BBB     2025-01-06     1  unexplained           0.9091 %  close     11.1      11',
    'BBB     2025-01-07     1  high_low           8717.8571 %  high   1,234.5      14',
    'CCC     2025-01-07     1  missing                      -  close        -      12',
    'BBB     2025-01-09     1  provisional yahoo            -  close       13       -',
  ].join('\n'))
  t.match(json, {
    start: '2025-01-06', end: '2025-01-09', hours: null, comparisons: [{
      timespan: 'day', of: { name: 'yahoo', basis: 'split' }, against: { name: 'ohlcv_daily', basis: 'none' },
      total: { both: 8, only: 1, only_against: 1, own_fills: 1, within: 7, over_1_percent: 0, volume_over_1_percent: 2, volume_over_10_percent: 1, reasons: { unexplained: 1, high_low: 1, missing: 1, provisional: 1 } },
      symbols: [{ symbol: 'BBB', symbol_id: 2 }, { symbol: 'CCC' }, { symbol: 'AAA', reasons: {} }],
      differences: [{ symbol: 'BBB', reason: 'unexplained', side: null, price: 'close', percent: '0.9091', of: { close: '11.1' }, against: { close: '11' } }, {}, { reason: 'missing', side: 'of', of: null }, { reason: 'provisional', side: 'of', against: null }],
    }],
  })
})

await t.test('few differences are told with how many more there are, and as CSV they are rows', async (t) => {
  await someBars()
  const { text, csv } = await run('--provider yahoo --start 2025-01-06 --end 2025-01-08 --limit 1')
  t.match(text, /\nBBB .*\n2 more symbols; --limit 3 shows all\.\n/)
  t.match(text, /\n2 more; --limit shows more of them\.$/)
  t.equal(csv, [
    'timespan,of,against,symbol,start,end,bars,reason,side,ex_date,price,percent,time,of_open,of_high,of_low,of_close,of_volume,against_open,against_high,against_low,against_close,against_volume',
    'day,yahoo,ohlcv_daily,BBB,2025-01-06,2025-01-06,1,unexplained,,false,close,0.9091,2025-01-06,10,14,9,11.1,1000,10,14,9,11,1000', '',
  ].join('\n'))
  for (const line of (await run('--provider yahoo --start 2025-01-06 --end 2025-01-08', 80)).text.split('\n').slice(2, 6)) t.ok(line.length <= 80, line)
  t.match((await run('--provider yahoo --start 2025-01-06 --end 2025-01-08 --symbols AAA')).text, /\n\nNo difference\.$/)
})

await t.test('another provider is compared with as given, both bases told; a provider with itself agrees', async (t) => {
  await someBars()
  await giveBars(pool, { provider: 'stooq', basis: 'total', bars: ['2,2025-01-06,10,14,9,11.1,1000'] })
  t.match((await run('--provider yahoo --against stooq --start 2025-01-06 --end 2025-01-08 --symbols BBB')).text, /^daily bars of yahoo \(adjusted: split\) against stooq \(adjusted: total\), .*\n\n.*\nBBB +1 +2 +0 +1 of 1, 100\.0 %/)
  const { json } = await run('--provider yahoo --against yahoo --start 2025-01-06 --end 2025-01-31')
  t.match(json, { comparisons: [{ total: { both: 9, within: 9, only: 0, only_against: 0, reasons: {} }, differences: [] }] })
})

await t.test('where prices are adjusted for what is not known, it is told how that becomes known', async (t) => {
  await someBars()
  const hint = /\n\nSome are adjusted for what is not known here: ohlcv actions fetch gets /
  t.notMatch((await run('--provider yahoo --start 2025-01-06 --end 2025-01-09')).text, hint)
  await giveBars(pool, { provider: 'stooq', basis: 'total', bars: ['1,2025-01-06,5,7,4.5,5.5,1000', '1,2025-01-07,5,7,4.5,6,1000'] })
  t.match((await run('--provider stooq --start 2025-01-06 --end 2025-01-08')).text, hint)
})

await t.test('weeks, months and hours are compared with the days they are of', async (t) => {
  await someBars()
  await pool.query(`
    insert into ohlcv_weekly (symbol_id, time, open, high, low, close, volume, partial, fetch_id) values (1, '2025-01-05', 10, 14, 9, 13.5, 3000, false, 1);
    insert into ohlcv_hourly (symbol_id, time, open, high, low, close, volume, regular, partial, fetch_id) values (1, '2025-01-07T15:00:00Z', 10, 15, 9, 10, 1, true, false, 1)`)
  const { text, json } = await run('--aggregates --start 2025-01-05 --end 2025-01-10')
  t.match(text, /^weeks of ohlcv_weekly against ohlcv_weekly_computed, 2025-01-05 to 2025-01-10\n\n.*\nAAA +1 +0 +0 +0 of 1, 0\.0 % +1 /)
  t.match(text, /\n\n1 daily bar held against the hours of the regular session: 1 cannot be whole\.\n\n.*\nAAA +2025-01-07 +high_below_hour +2025-01-07 15:00:00Z +14 +15 +7\.1429 %$/)
  t.match(json, { comparisons: [{ timespan: 'week', differences: [{ reason: 'provisional', side: 'against' }] }], hours: { days: 1, days_beyond: 1, beyond: [{ kind: 'high_below_hour', hour: '2025-01-07T15:00:00.000Z' }] } })
  await pool.query('update ohlcv_hourly set high = 14')
  t.match((await run('--aggregates --start 2025-01-05 --end 2025-01-10')).text, /1 daily bar held against the hours of the regular session: no hour goes beyond its day\.$/)
})

await t.test('what cannot be compared is told, and what to do about it', async (t) => {
  await someBars()
  const range = '--start 2025-01-06 --end 2025-01-08'
  await t.rejects(run(`--provider nobody ${range}`), { code: 'PROVIDER_UNKNOWN', message: 'there is no provider "nobody"' })
  await t.rejects(run(`--provider yahoo --against nobody ${range}`), { code: 'PROVIDER_UNKNOWN' })
  await t.rejects(run(`--provider stooq ${range}`), {
    code: 'COMPARE_NOTHING', message: 'stooq has given no daily bars from 2025-01-06 to 2025-01-08, so there is nothing to compare',
    hint: 'ohlcv fetch --provider stooq --timespan day --symbols all --start 2025-01-06 --end 2025-01-08 fetches them',
  })
  await t.rejects(run(`--provider yahoo --against stooq --symbols AAA,BBB ${range}`), { code: 'COMPARE_NOTHING', message: 'stooq has given no daily bars from 2025-01-06 to 2025-01-08 of AAA, BBB, so there is nothing to compare' })
  await t.rejects(run(`--provider yahoo --against stooq ${range}`), { code: 'COMPARE_NOTHING', message: 'stooq has given no daily bars of what yahoo has given from 2025-01-06 to 2025-01-08, so there is nothing to compare' })
  await t.rejects(run('--provider yahoo --start 2025-01-09 --end 2025-01-09'), { code: 'COMPARE_NOTHING', message: 'ohlcv_daily has no bars from 2025-01-09 to 2025-01-09, so there is nothing to compare' })
  await t.rejects(run(`--provider yahoo --symbols AAA,ZZZ ${range}`), { code: 'SYMBOL_UNKNOWN' })
  await t.rejects(run(`--provider yahoo --symbols DDD ${range}`), { code: 'COMPARE_NOTHING' })
  await t.rejects(run(`--aggregates ${range}`), { code: 'COMPARE_NOTHING' })
  for (const line of [range, `--aggregates --provider yahoo ${range}`, `--aggregates --against yahoo ${range}`, `--against yahoo ${range}`]) await t.rejects(run(line), { code: 'COMPARE_WHAT' })
  await t.rejects(run('--provider yahoo'), { code: 'DATES_UNCLEAR', hint: 'give --start D, with --end D or up to now' })
  await t.rejects(run(`--provider yahoo --symbols , ${range}`), { code: 'SYMBOLS_EMPTY' })
  await t.rejects(run(`--provider yahoo --limit 0 ${range}`), { code: 'LIMIT_INVALID' })
  await t.rejects(run('--provider yahoo --start 1980-01-01'), { code: 'DATES_BEYOND_CALENDAR' })
})
