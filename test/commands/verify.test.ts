import type { Pool } from 'pg'
import t, { type Test } from 'tap'
import { verify } from '../../lib/commands/verify.js'
import { freshDatabase } from '../helpers/database.js'
import { runCommand } from '../helpers/run-command.js'
import { insertDay, insertRun } from '../helpers/stored-days.js'

async function threeDays(t: Test): Promise<{ pool: Pool; runId: number }> {
  const { pool } = await freshDatabase(t)
  const runId = await insertRun(pool)
  for (const date of ['2016-09-30', '2016-10-03', '2017-01-03']) await insertDay(pool, date, { runId, bars: 300 })
  return { pool, runId }
}

await t.test('bars as they were loaded are fine', async (t) => {
  const { pool } = await threeDays(t)
  const { exitCode, text, json } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 0)
  t.equal(text, '900 bars on 3 loaded dates: all as they were loaded.')
  t.match(json, { dates: 3, rows: 900, findings: [], subset_dates: [] })
})

await t.test('changes behind the loader\'s back are found, with the command that repairs each', async (t) => {
  const { pool } = await threeDays(t)
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
  const { pool } = await threeDays(t)
  await pool.query(`update ohlcv_daily set close = 11.000 where time = '2016-09-30'`)
  t.equal((await runCommand(verify, ['verify'], { pool })).exitCode, 0)
})

await t.test('bars that no load wrote are found wherever they are; those of --symbols loads are there on purpose', async (t) => {
  const { pool, runId } = await threeDays(t)
  await insertDay(pool, '2016-11-25', { runId, bars: [[7, '1', '1', '1', '1', '1']], symbols: ['ABC'] })
  await pool.query(`select ohlcv_daily_ensure_partitions('1999-12-31', '2020-01-02')`)
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
  const { pool, runId } = await threeDays(t)
  const loadId = await insertDay(pool, '2016-10-03', { runId, bars: [[301, '1', '1', '1', '1', '1']], symbols: ['ABC'] })
  const { json } = await runCommand(verify, ['verify'], { pool })
  t.match(json['findings'], [{ date: '2016-10-03', what: `load ${loadId} of selected symbols came after it` }])
})

await t.test('an empty database has nothing to verify', async (t) => {
  const { pool } = await freshDatabase(t)
  const { exitCode, text } = await runCommand(verify, ['verify'], { pool })
  t.equal(exitCode, 0)
  t.equal(text, 'No date is loaded.')
})

await t.test('minute bars are verified by their New York date', async (t) => {
  const { pool } = await freshDatabase(t)
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
  t.match((await runCommand(verify, ['verify', '--dataset', 'minute'], { pool })).json, { dates: 1, rows: 2, findings: [] })
  await pool.query(`insert into ohlcv_minute values (1, '2016-11-23T05:00Z', 1, 1, 1, 1, 1, 1, 1)`)
  t.same((await runCommand(verify, ['verify', '--dataset', 'minute'], { pool })).json['findings'], [{
    date: '2016-11-23', kind: 'unaccounted', loaded_rows: 0, stored_rows: 1, what: 'bars that no load wrote',
    command: 'ohlcv load --dataset minute --start 2016-11-23 --end 2016-11-23',
  }])
})
