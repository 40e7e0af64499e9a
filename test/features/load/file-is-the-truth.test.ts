import type pg from 'pg'
import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { keepsCoverage } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { ACCEPTED, directorySource, loadDates, manyBars, putDayFile, registerSymbols, storedBars, runtimeOf } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)
keepsCoverage(t, pool)

// What the ledger says of a date comes from its file. Whatever happens to the table afterwards, it does not become the truth.

const DATE = '2025-01-06'
const OLD_AND_NEW = ['OLD', 'NEW']
const symbols = [...manyBars(100).map((bar) => bar.split(',')[0]!), ...OLD_AND_NEW]
const rename = (pool: pg.Pool) => renameSymbol(runtimeOf(pool), { oldSymbol: 'OLD', newSymbol: 'NEW', on: isoDate('2025-01-03'), reused: false, ...ACCEPTED })

const TAMPERINGS: [string, (pool: pg.Pool, elsewhere: string) => Promise<unknown>][] = [
  ['a bar that a load of selected symbols took from elsewhere', (pool, elsewhere) => loadDates(pool, directorySource(elsewhere), DATE, DATE, { selected: new Set(['A007']) })],
  ['fifty deleted bars', (pool) => pool.query('delete from ohlcv_daily where symbol_id <= 50')],
  ['a bar that nobody loaded', (pool) => pool.query(`insert into ohlcv_daily select 12345, time, open, high, low, close, volume, transactions, load_id from ohlcv_daily limit 1`)],
  ['a negative price', (pool) => pool.query('update ohlcv_daily set open = -open where symbol_id = 60')],
  ['an altered bar of the very security that moves', (pool) => pool.query(`update ohlcv_daily set close = 11 where symbol_id = (select symbol_id from tickers where symbol = 'NEW')`)],
]

for (const [what, tamper] of TAMPERINGS) {
  await t.test(`${what} is found after a rename as before it`, async (t) => {
    await empty(pool)
    await registerSymbols(pool, symbols)
    const { root, elsewhere } = { root: `${t.testdirName}/root`, elsewhere: `${t.testdirName}/elsewhere` }
    t.testdir({ root: {}, elsewhere: {} })
    putDayFile(root, DATE, [...manyBars(100), 'NEW,10,10,10,10,100,1'])
    putDayFile(elsewhere, DATE, manyBars(100, '99'))
    await loadDates(pool, directorySource(root), DATE)
    const loaded = await storedBars(pool, DATE)
    await tamper(pool, elsewhere)
    t.match(await rename(pool), { change: { barsMoved: 1 } })
    t.match((await loadDates(pool, directorySource(root), DATE)).days, [{ outcome: 'loaded' }], 'the date is not taken for unchanged')
    t.same(await storedBars(pool, DATE), loaded, 'and is mended')
    t.match((await loadDates(pool, directorySource(root), DATE)).days, [{ outcome: 'unchanged' }])
  })
}

await t.test('a trigger that swallows or alters bars fails the date', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, DATE, manyBars(100))
  const deeds: [string, string][] = [
    ['before insert', 'begin return case when new.symbol_id = 5 then null else new end; end'],
    ['before insert', 'begin new.close := new.close + 1; return new; end'],
    ['after insert', 'begin delete from ohlcv_daily where symbol_id = new.symbol_id and new.symbol_id = 5; return null; end'],
  ]
  for (const [when, deed] of deeds) {
    await pool.query(`create function meddle() returns trigger language plpgsql as $$ ${deed} $$`)
    await pool.query(`create trigger meddle ${when} on ohlcv_daily for each row execute function meddle()`)
    t.match((await loadDates(pool, directorySource(root), DATE)).days, [{ outcome: 'db_failed', code: 'STORED_DIFFERS', message: /ohlcv_daily holds (99 bars instead of 100|100 bars with other values)/ }])
    t.same((await pool.query('select (select count(*) from ohlcv_daily) as bars, (select count(*) from days) as days, (select count(*) from lineage) as loads')).rows, [{ bars: 0, days: 0, loads: 0 }])
    await pool.query('drop function meddle cascade')
  }
  t.match((await loadDates(pool, directorySource(root), DATE)).days, [{ outcome: 'loaded' }])
})

await t.test('a connection that leads elsewhere after staging fails the date', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  putDayFile(root, DATE, manyBars(100))
  for (const elsewhere of ['truncate pg_temp.staging; update pg_temp.staged_load set token = gen_random_uuid()', 'discard temp']) {
    const before = await pool.connect()
    before.release()
    // Behind a pooler in transaction mode the next transaction may be served by another session.
    const query = before.query.bind(before) as (text: string) => Promise<unknown>
    const { days } = await loadDates(pool, directorySource(root), DATE, DATE, { lanes: 1, failpoint: async (step) => { if (step === 'before-merge') await query(elsewhere) } })
    t.match(days, [{ outcome: 'db_failed', code: 'SESSION_LOST' }])
    t.equal((await storedBars(pool, DATE)).length, 0)
  }
})

await t.test('a date cannot shrink step by step', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  const load = async (count: number, accept = false) => {
    putDayFile(root, DATE, manyBars(count))
    return (await loadDates(pool, directorySource(root), DATE, DATE, { accept })).days
  }
  await load(100)
  t.match(await load(96), [{ outcome: 'loaded', counts: { removed: 4 } }])
  t.match(await load(92), [{ outcome: 'source_failed', code: 'TOO_MANY_REMOVED', message: /^92 bars would be left of the 100 that the date has had, 8\.0 % fewer, more than 5 %/ }])
  t.match(await load(92, true), [{ outcome: 'loaded' }])
  t.match(await load(90), [{ outcome: 'loaded' }], 'what was accepted is the measure from then on')
})

await t.test('rows of unknown securities hide no rejects, and a date without a bar is not loaded', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  const unknown = Array.from({ length: 980 }, (_, index) => `U${index},1,1,1,1,1,1`)
  const bad = manyBars(20).map((bar) => bar.replace(',10,', ',11,'))
  putDayFile(root, DATE, [...bad.slice(0, 2), ...manyBars(20).slice(2), ...unknown])
  t.match((await loadDates(pool, directorySource(root), DATE)).days, [{ code: 'TOO_MANY_REJECTED', message: /^2 of 20 rows of known securities \(10\.0 %\)/ }])
  putDayFile(root, DATE, [...bad, ...unknown])
  t.match((await loadDates(pool, directorySource(root), DATE, DATE, { accept: true })).days, [{ outcome: 'source_failed', code: 'SOURCE_NO_VALID_ROW' }])
  putDayFile(root, DATE, unknown)
  t.match((await loadDates(pool, directorySource(root), DATE, DATE, { accept: true })).days, [{ outcome: 'source_failed', code: 'SOURCE_NO_KNOWN_ROW' }])
  putDayFile(root, DATE, manyBars(20))
  t.match((await loadDates(pool, directorySource(root), DATE, DATE, { selected: new Set(['OLD']) })).days, [{ outcome: 'source_failed', code: 'SOURCE_NO_SELECTED_ROW' }])
  t.equal((await storedBars(pool, DATE)).length, 0)
})
