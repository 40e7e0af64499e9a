import { rmSync } from 'node:fs'
import path from 'node:path'
import type { Pool } from 'pg'
import t, { type Test } from 'tap'
import { verify } from '../../../lib/cli/commands/verify.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { undated } from '../../../lib/formats/listing.js'
import { importListings } from '../../../lib/features/universe/import.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { coverageFaults } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { storeFetched } from '../../helpers/fetched.js'
import { ACCEPTED, directorySource, loadDates, manyBars, putDayFile, registerSymbols, runtimeOf } from '../../helpers/load.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertDay, insertRun } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

async function threeDays(): Promise<{ pool: Pool; runId: number }> {
  await empty(pool)
  const runId = await insertRun(pool)
  for (const date of ['2016-09-30', '2016-10-03', '2017-01-03']) await insertDay(pool, date, { runId, bars: 300 })
  return { pool, runId }
}

await t.test('bars as they were loaded are fine', async (t) => {
  const { pool } = await threeDays()
  const { exitCode, text, json } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 0)
  t.equal(text, '900 bars on 3 loaded dates: all as they were loaded.')
  t.match(json, { dates: 3, rows: 900, findings: [], subset_dates: [] })
})

await t.test('changes behind the loader\'s back are found, with the command that repairs each', async (t) => {
  const { pool } = await threeDays()
  await pool.query(`update ohlcv_daily set close = 11.01 where time = '2016-09-30' and symbol_id = 300`)
  await pool.query(`delete from ohlcv_daily where time = '2016-10-03' and symbol_id > 298`)
  await pool.query(`insert into ohlcv_daily values (301, '2017-01-03', 10, 12, 9, 11, 1, 1, 1)`)
  const { exitCode, text, json, csv } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 3)
  t.same(json['findings'], [
    { date: '2016-09-30', kind: 'changed', loaded_rows: 300, stored_rows: 300, what: 'values were changed', command: 'ohlcv load --start 2016-09-30 --end 2016-09-30' },
    { date: '2016-10-03', kind: 'changed', loaded_rows: 300, stored_rows: 298, what: '2 bars fewer than loaded', command: 'ohlcv load --start 2016-10-03 --end 2016-10-03' },
    { date: '2017-01-03', kind: 'changed', loaded_rows: 300, stored_rows: 301, what: '1 bar more than loaded', command: 'ohlcv load --start 2017-01-03 --end 2017-01-03' },
  ])
  t.match(text, '3 dates are not as loaded')
  t.equal(csv?.split('\n').length, 5)
  t.equal((await runCommand(verify, ['verify', '--start', '2016-10-04', '--end', '2017-01-02'], { pool })).exitCode, 0, 'outside the range')
})

await t.test('trailing zeros are no change, because they are no other value', async (t) => {
  const { pool } = await threeDays()
  await pool.query(`update ohlcv_daily set close = 11.000 where time = '2016-09-30'`)
  t.equal((await runCommand(verify, ['verify'], { pool })).exitCode, 0)
})

await t.test('bars that no load wrote are found wherever they are; those of --symbols loads are there on purpose', async (t) => {
  const { pool, runId } = await threeDays()
  await insertDay(pool, '2016-11-25', { runId, bars: [[7, '1', '1', '1', '1', '1']], symbols: ['ABC'] })
  await pool.query(`select ohlcv_daily_ensure_partitions(date, date) from (values (date '1999-12-31'), ('2020-01-02')) d (date)`)
  for (const date of ['1999-12-31', '2016-11-24', '2020-01-02']) {
    await pool.query('insert into ohlcv_daily values (1, $1, 10, 12, 9, 11, 1, 1, 1)', [date])
  }
  const { exitCode, text, json } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 3)
  t.match(json['findings'], ['1999-12-31', '2016-11-24', '2020-01-02'].map((date) => ({ date, kind: 'unaccounted', loaded_rows: 0, stored_rows: 1 })))
  t.same(json['subset_dates'], [{ date: '2016-11-25', rows: 1 }])
  t.match(text, '1 bar on 1 other date: from loads of selected symbols (--symbols), there on purpose.')
  const after = await runCommand(verify, ['verify', '--start', '2018-01-01'], { pool })
  t.match(after.json['findings'], [{ date: '2020-01-02' }], 'also beyond what the ledger knows')
})

await t.test('a later load of selected symbols explains a loaded date that differs', async (t) => {
  const { pool, runId } = await threeDays()
  const loadId = await insertDay(pool, '2016-10-03', { runId, bars: [[301, '1', '1', '1', '1', '1']], symbols: ['ABC'] })
  const { json } = await runCommand(verify, ['verify'], { pool })
  t.match(json['findings'], [{ date: '2016-10-03', what: `load ${loadId} of selected symbols came after it` }])
})

await t.test('an empty database has nothing to verify', async (t) => {
  await empty(pool)
  const { exitCode, text } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 0)
  t.equal(text, 'No date is loaded.')
})

await t.test('minute bars are verified by their New York date', async (t) => {
  await empty(pool)
  const runId = await insertRun(pool)
  await pool.query(`select ohlcv_minute_ensure_partitions('2016-11-22', '2016-11-23')`)
  // The last minute of the 22nd in New York is on the 23rd in UTC.
  await pool.query(`insert into ohlcv_minute values (1, '2016-11-22T14:30Z', 1, 1, 1, 1, 1, 1, 1), (1, '2016-11-23T04:59Z', 1, 1, 1, 1, 1, 1, 1)`)
  await pool.query(
    `with l as (
       insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated,
         unchanged, removed, rejected, unknown, not_selected, duplicates, rules_version, identity_seq, authoritative)
       values ('minute_aggs', '2016-11-22', $1, 'massive', 'k', 'etag:1', 1, 'x', now(), 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, true) returning load_id
     )
     insert into days (dataset, date, load_id, row_count, hash_sum, rehash_sum, largest)
     select 'minute_aggs', '2016-11-22', load_id, c.row_count, c.hash_sum, c.rehash_sum, c.row_count from l, ohlcv_minute_checksum('2016-11-22') c`, [runId])
  await pool.query(`insert into coverage values ('minute_aggs', '2016-11-22', '\\x02')`)
  t.match((await runCommand(verify, ['verify', '--dataset', 'minute'], { pool })).json, { dates: 1, rows: 2, findings: [] })
  await pool.query(`insert into ohlcv_minute values (1, '2016-11-23T05:00Z', 1, 1, 1, 1, 1, 1, 1)`)
  t.same((await runCommand(verify, ['verify', '--dataset', 'minute'], { pool })).json['findings'], [{
    date: '2016-11-23', kind: 'unaccounted', loaded_rows: 0, stored_rows: 1, what: 'bars that no load wrote',
    command: 'ohlcv load --dataset minute --start 2016-11-23 --end 2016-11-23',
  }])
})

/** Two dates that the real loader wrote, the second from two versions of its file, with a reject each. */
async function loadedDates(t: Test): Promise<{ pool: Pool; root: string }> {
  await empty(pool)
  await registerSymbols(pool, [...manyBars(100).map((bar) => bar.split(',')[0]!), 'BAD'])
  const root = t.testdir({})
  for (const date of ['2025-01-06', '2025-01-07']) putDayFile(root, date, [...manyBars(100), 'BAD,1,1,2,1,1,1'])
  await loadDates(pool, directorySource(root), '2025-01-06', '2025-01-07', { lanes: 1 })
  putDayFile(root, '2025-01-07', [...manyBars(98), ...manyBars(100, '11').slice(98), 'BAD,1,1,2,1,1,1'])
  await loadDates(pool, directorySource(root), '2025-01-07')
  return { pool, root }
}
const verifyLoaded = (pool: Pool, root: string, ...line: string[]) => runCommand(verify, ['verify', ...line], { pool, settings: { source: root, lanes: 2 }, now: '2025-01-10T12:00:00Z' })

await t.test('a ledger that contradicts itself is found', async (t) => {
  const cases: [string, string, RegExp][] = [
    ['load ids of another load of the date', `update ohlcv_daily set load_id = 3 where time = '2025-01-07' and symbol_id = 1`, /^1 finding: 3 bars said to be of load 3, which can have no more than 2$/],
    ['load ids of no load of the date', `update ohlcv_daily set load_id = 1 where time = '2025-01-07' and symbol_id = 1`, /^1 finding: 1 bar said to be of a load that was not of this date$/],
    ['a deleted reject', `delete from rejected_rows where date = '2025-01-07'`, /^1 finding: 0 rejected rows kept where there were 1$/],
    ['a count in days', `update days set row_count = 101, largest = 101 where date = '2025-01-07'`, /^2 findings: 1 bar fewer than loaded; the counts of load 3 contradict each other$/],
    ['a count in lineage', `update lineage set read = read + 1, staged = staged + 1, inserted = inserted + 1 where load_id = 3`, /^1 finding: the counts of load 3 contradict each other$/],
    ['coverage without two that have bars', `update coverage set securities = ohlcv_mark_securities(securities, '{1, 2}', false) where date = '2025-01-07'`, /^1 finding: coverage lacks 2 securities with bars$/],
    ['coverage with one that has none', `update coverage set securities = ohlcv_mark_securities(securities, '{5000}', true) where date = '2025-01-07'`, /^1 finding: coverage has 1 security without any$/],
    ['no coverage', `delete from coverage where date = '2025-01-07'`, /^1 finding: coverage lacks 100 securities with bars$/],
    ['the load of another date', `update days set load_id = 1 where date = '2025-01-07'`, /the date stands at load 1, which is of something else$/],
  ]
  for (const [what, sql, expected] of cases) {
    const { pool, root } = await loadedDates(t)
    t.equal((await verifyLoaded(pool, root)).exitCode, 0, 'as it was loaded all is well')
    await pool.query(sql)
    const { exitCode, json } = await verifyLoaded(pool, root)
    const findings = json['findings'] as { date: string; what: string }[]
    t.match(`${findings.length} finding${findings.length === 1 ? '' : 's'}: ${findings.map((finding) => finding.what).join('; ')}`, expected, what)
    t.ok(findings.every(({ date }) => date === '2025-01-07'))
    t.equal(exitCode, 3)
  }
})

await t.test('coverage that is not what the bars say is found on dates without a whole file too', async (t) => {
  const { pool, root } = await loadedDates(t)
  for (const date of ['2025-01-08', '2025-01-10', '2025-01-13']) {
    putDayFile(root, date, manyBars(100))
    await loadDates(pool, directorySource(root), date, date, { selected: new Set(['A003', 'A004']) })
  }
  t.match((await verifyLoaded(pool, root)).json, { findings: [], subset_dates: [{ rows: 2 }, { rows: 2 }, { rows: 2 }] })
  await pool.query(`
    update coverage set securities = ohlcv_mark_securities(ohlcv_mark_securities(securities, '{4}', false), '{80, 90}', true) where date = '2025-01-08';
    delete from coverage where date = '2025-01-10';
    insert into coverage values ('day_aggs', '2025-01-14', '\\x02'), ('day_aggs', '2025-01-15', '')`)
  const told = (date: string, what: string, storedRows: number) => ({ date, kind: 'ledger', loaded_rows: 0, stored_rows: storedRows, what, command: `ohlcv load --start ${date} --end ${date}` })
  t.same((await verifyLoaded(pool, root)).json['findings'], [
    told('2025-01-08', 'coverage lacks 1 security with bars and has 2 securities without any', 2),
    told('2025-01-10', 'coverage lacks 2 securities with bars', 2),
    told('2025-01-14', 'coverage has 1 security without any', 0),
  ])
  putDayFile(root, '2025-01-14', manyBars(100))
  t.match((await verifyLoaded(pool, root, '--repair')).json, { repair: { dates: [{ is_right: true }, { is_right: true }, { is_right: true }] } })
  t.same(await coverageFaults(pool), [])
})

await t.test('bars dropped and moved by changes of symbols leave the ledger content', async (t) => {
  const { pool, root } = await loadedDates(t)
  await importListings(runtimeOf(pool), { listings: { rows: [{ ...undated(2, 'A001', {}), from: isoDate('2025-01-07') }, { ...undated(3, 'BAD', {}), from: isoDate('2025-01-07') }], testIssues: 0 }, cause: 'import', ...ACCEPTED })
  await renameSymbol(runtimeOf(pool), { oldSymbol: 'A002', newSymbol: 'NEW', on: isoDate('2025-01-08'), reused: false, ...ACCEPTED })
  t.match((await verifyLoaded(pool, root)).json, { rows: 199, findings: [], symbols_not_as_told: [] })
})

await t.test('the files are read again and compared bar for bar, and nothing is written', async (t) => {
  const { pool, root } = await loadedDates(t)
  const contents = async () => Promise.all(['ohlcv_daily', 'days', 'lineage', 'attempts', 'ingestion_runs'].map(async (table) => (await pool.query(`select * from ${table}`)).rows as unknown[]))
  const before = await contents()
  t.match(await verifyLoaded(pool, root, '--files'), { exitCode: 0, text: '200 bars on 2 loaded dates, 2 files read again: all as they were loaded.', json: { files: 2, findings: [] } })
  t.same(await contents(), before)

  // Bars, ledger and coverage changed alike, so that only the file can tell.
  await pool.query(`update ohlcv_daily set close = 9.5, low = 9 where time = '2025-01-06' and symbol_id = 1`)
  await pool.query(`delete from ohlcv_daily where time = '2025-01-06' and symbol_id in (2, 3)`)
  await pool.query(`insert into ohlcv_daily select 999, time, open, high, low, close, volume, transactions, load_id from ohlcv_daily where time = '2025-01-06' limit 1`)
  await pool.query(`update days d set row_count = c.row_count, hash_sum = c.hash_sum, rehash_sum = c.rehash_sum, dropped = 1 from ohlcv_daily_checksum('2025-01-06') c where date = '2025-01-06'`)
  await pool.query(`update coverage set securities = ohlcv_mark_securities(ohlcv_mark_securities(securities, '{2, 3}', false), '{999}', true) where date = '2025-01-06'`)
  t.equal((await verifyLoaded(pool, root)).exitCode, 0, 'what was changed together looks well')
  const { exitCode, json } = await verifyLoaded(pool, root, '--files')
  t.equal(exitCode, 3)
  t.match(json['findings'], [{ date: '2025-01-06', kind: 'file', what: '2 bars of the file not stored, 1 bar with other values than in the file, 1 bar not in the file', command: 'ohlcv load --start 2025-01-06 --end 2025-01-06' }])

  putDayFile(root, '2025-01-07', manyBars(100))
  t.match((await verifyLoaded(pool, root, '--files', '--start', '2025-01-07')).json['findings'], [{ kind: 'file', what: 'the source has another version of its file, 2 bars with other values than in the file' }])
  rmSync(path.join(root, 'day_aggs_v1/2025/01/2025-01-07.csv.gz'))
  t.match((await verifyLoaded(pool, root, '--files', '--start', '2025-01-07')).json['findings'], [{ kind: 'file', what: /^its file could not be compared: the source has no file/ }])
})

await t.test('symbols whose dates somebody changed by hand are found', async (t) => {
  const { pool, root } = await loadedDates(t)
  await pool.query(`update ticker_symbols set valid = '[2025-01-01,)' where symbol = 'A007'`)
  const { exitCode, json, text } = await verifyLoaded(pool, root)
  t.equal(exitCode, 3)
  t.same(json['symbols_not_as_told'], ['A007'])
  t.match(text, '1 symbol with other dates than the facts say: A007')
})

await t.test('fills are where they may be, unless their date is loaded or no request gave them', async (t) => {
  const { pool } = await threeDays()
  const fill = (date: string) => storeFetched(pool, { requests: [{ symbol: null, start: date, bars: [`1,${date},7`, `2,${date},7`] }] })
  for (const date of ['2016-10-04', '2016-11-25']) await fill(date)
  t.match((await runCommand(verify, ['verify'], { pool })).json, { dates: 3, rows: 900, findings: [], subset_dates: [] })
  await pool.query(`update ohlcv_daily set fetch_id = 99 where time = '2016-11-25' and symbol_id = 1`)
  await pool.query(`insert into ohlcv_daily select symbol_id + 400, '2016-10-03', open, high, low, close, volume, transactions, 0, filled_by, fetch_id from ohlcv_daily where time = '2016-10-04'`)
  const { exitCode, json } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 3)
  t.same(json['findings'], [
    { date: '2016-10-03', kind: 'fill', loaded_rows: 300, stored_rows: 300, what: '2 fills on a date that has its file', command: 'ohlcv load --start 2016-10-03 --end 2016-10-03 --force' },
    { date: '2016-11-25', kind: 'fill', loaded_rows: 0, stored_rows: 2, what: '1 fill that came by no request', command: 'ohlcv load --start 2016-11-25 --end 2016-11-25' },
  ])
})
