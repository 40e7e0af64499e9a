import t from 'tap'
import { importWorld } from '../../../helpers/imports.js'

const world = await importWorld(t)
const { pool, run } = world
const COLUMNS = 'symbol text, date date, open numeric, high numeric, low numeric, close numeric, volume numeric'

/** A table `old.ohlcv` of rows `symbol date price volume`, every price of a bar being the same. */
async function table(rows: readonly string[], name = 'old.ohlcv'): Promise<void> {
  await pool.query(`create table ${name} (${COLUMNS})`)
  for (const row of rows) {
    const [symbol, date, price, volume = '100'] = row.split(' ')
    await pool.query(`insert into ${name} values ($1, $2, $3, $3, $3, $3, $4)`, [symbol, date, price, volume])
  }
}

await t.test('an old table fills in as the provider legacy, its columns found by name in any case and order', async (t) => {
  await world.afresh(['AAA', 'BBB'])
  await pool.query(`
    create table old.ohlcv (adj_close text, "Close" text, low text, high varchar(20), open text, "VOLUME" bigint, "Date" date, ticker char(8), id serial);
    insert into old.ohlcv values
      ('1', '11.123456789012345678', '9.5', '12', '10.10', 1000, '2025-01-06', 'AAA'), ('1', '11', '9', ' 12 ', '10', 2000, '2025-01-07', 'AAA'),
      ('1', '5', '5', '5', '5', 0, '2025-01-06', 'BBB')`)
  const { json, text, exitCode } = await run('import legacy --table old.ohlcv')
  t.equal(exitCode, 0)
  t.same(await world.bars(), [
    'AAA 2025-01-06 10.1 12 9.5 11.123456789012345678 1000 - legacy', 'AAA 2025-01-07 10 12 9 11 2000 - legacy', 'BBB 2025-01-06 5 5 5 5 0 - legacy',
  ])
  t.match(json, {
    state: 'completed', provider: 'legacy', basis: 'none', files: null,
    table: { name: 'old.ohlcv', rows: 3, without_symbol: 0, columns: { symbol: 'ticker', time: 'Date', open: 'open', close: 'Close', volume: 'VOLUME', transactions: null } },
    symbols: [{ symbol: 'AAA', file: null, start: '2025-01-06', end: '2025-01-07', status: 'stored', bars: 2, inserted: 2, filled: 2, expected: 2, counted: 2 }, { symbol: 'BBB', bars: 1 }],
    totals: { loaded: 2, failed: 0, bars: 3, inserted: 3, filled: 3 }, warnings: [],
  })
  t.match(text, /^old\.ohlcv, 3 rows, as legacy, unadjusted prices\n {2}symbol ticker, time Date, open open, high high, low low, close Close, volume VOLUME, transactions -\n/)
  t.match(text, /completed: 2 symbols loaded, 0 failed\n3 rows, 3 bars filled in, in /)
})

await t.test('each type of column gives its exact values; floats give their shortest decimals and a warning', async (t) => {
  await world.afresh(['AAA'])
  await pool.query(`
    create domain old.price as numeric(12, 4);
    create table old.ohlcv (symbol text, day date, open real, high double precision, low old.price, close numeric, volume integer, transactions smallint);
    insert into old.ohlcv values ('AAA', '2025-01-06', 10.1, 1e2, 9.5, 10.000000000000000001, 7, 3)`)
  const { json } = await run('import legacy --table old.ohlcv')
  t.same(await world.bars(), ['AAA 2025-01-06 10.1 100 9.5 10.000000000000000001 7 3 legacy'])
  t.same(json['warnings'], ['old.ohlcv: open, high are binary floating point: taken as the shortest decimals that give the same binary numbers'])
})

await t.test('a timestamp is of its date; one with a zone of the date in New York, or in UTC where all are midnights there', async (t) => {
  const dates = async (type: string, ...stamps: string[]) => {
    await world.afresh(['AAA'])
    await pool.query(`create table old.ohlcv (symbol text, "timestamp" ${type}, open int, high int, low int, close int, volume int)`)
    for (const stamp of stamps) await pool.query(`insert into old.ohlcv values ('AAA', $1, 1, 1, 1, 1, 1)`, [stamp])
    await run('import legacy --table old.ohlcv')
    return world.lines('select time::text from ohlcv_daily order by 1')
  }
  t.same(await dates('timestamp', '2025-01-06 16:00', '2025-01-07 00:00'), ['2025-01-06', '2025-01-07'])
  t.same(await dates('timestamptz', '2025-01-06T05:00:00Z', '2025-01-08T01:00:00Z'), ['2025-01-06', '2025-01-07'])
  t.same(await dates('timestamptz', '2025-01-06T00:00:00Z', '2025-01-07T00:00:00Z'), ['2025-01-06', '2025-01-07'])
})

await t.test('rows of several times a day are no daily bars, and nothing of them is imported', async (t) => {
  await world.afresh(['AAA'])
  await pool.query(`
    create table old.ohlcv (symbol text, time timestamptz, open int, high int, low int, close int, volume int);
    insert into old.ohlcv select 'AAA', '2025-01-06T15:00:00Z'::timestamptz + n * interval '1 hour', 1, 1, 1, 1, 1 from generate_series(0, 2) n`)
  await t.rejects(run('import legacy --table old.ohlcv'), {
    code: 'IMPORT_INTRADAY', message: 'old.ohlcv has bars of several times a day, for instance of AAA on 2025-01-06, and daily ones are wanted',
    hint: 'import a view in its place that has one row a symbol and date',
  })
  t.same(await world.lines('select count(*) from jobs'), ['0'])
  await pool.query(`create view old.daily as select distinct on (symbol, time::date) * from old.ohlcv order by symbol, time::date, time desc`)
  t.match((await run('import legacy --table old.daily')).json, { totals: { inserted: 1 } }, 'a view is as good as a table')
})

await t.test('rows that are no bars are rejected one by one, and those that repeat a date are told apart', async (t) => {
  await world.afresh(['AAA', 'BBB'])
  // New Year's Day; a Saturday; a date to come; a null; a high below the low; a negative volume; the mourning for a president.
  await table([
    'AAA 2025-01-01 1', 'AAA 2025-01-02 2', 'AAA 2025-01-04 3', 'AAA 2025-03-03 4', 'AAA 2025-01-06 5', 'AAA 2025-01-07 6', 'AAA 2025-01-08 7 -1',
    'AAA 2025-01-09 7', 'AAA 2025-01-13 8', 'AAA 2025-01-13 8', 'AAA 2025-01-14 9', 'AAA 2025-01-14 9.5', 'AAA infinity 1', 'BBB 2025-01-01 1',
  ])
  await pool.query(`update old.ohlcv set open = null where date = '2025-01-06'; update old.ohlcv set high = 5 where date = '2025-01-07'`)
  const { json, exitCode } = await run('import legacy --table old.ohlcv')
  t.equal(exitCode, 3)
  t.match(json, {
    state: 'completed_with_errors',
    symbols: [
      {
        symbol: 'AAA', status: 'stored', code: 'ANSWER_SHORT', bars: 13, inserted: 3, rejected: 9, duplicates: 1,
      },
      { symbol: 'BBB', status: 'rejected', code: 'ANSWER_NO_VALID_BAR', message: "none of the answer's 1 rows is a bar that was asked for; row 1: closed_day" },
    ],
  })
  const [{ message }] = json['symbols'] as [{ message: string }]
  for (const reason of ['3 closed_day', '1 in_future', '1 null_value', '1 open_above_high', '1 negative_volume', '1 wrong_date', '1 duplicate']) t.match(message, new RegExp(reason))
  t.same(await world.lines('select time::text, close from ohlcv_daily order by 1'), ['2025-01-02 2', '2025-01-13 8', '2025-01-14 9'])
})

await t.test('symbols that nobody knows are counted and not registered; their rows are kept and count once they are known', async (t) => {
  await world.afresh(['AAA'])
  await table(['AAA 2025-01-06 1', 'NEW 2025-01-06 2', 'NEW 2025-01-07 3'])
  await pool.query(`insert into old.ohlcv values (null, '2025-01-06', 1, 1, 1, 1, 1), ('', '2025-01-06', 1, 1, 1, 1, 1), ('TWO WORDS', '2025-01-06', 1, 1, 1, 1, 1)`)
  const { json, exitCode } = await run('import legacy --table old.ohlcv')
  t.equal(exitCode, 0)
  t.match(json, { table: { rows: 6, without_symbol: 3 }, totals: { loaded: 2, unknown_symbols: 1, bars: 3, inserted: 1, unknown: 2 } })
  t.same(json['warnings'], ['old.ohlcv: 3 rows without a symbol left out (a symbol is 1 to 32 visible ASCII characters)', 'NEW: 2 rows are of dates on which NEW names no security'])
  t.same(await world.lines('select symbol from ticker_symbols'), ['AAA'])
  await world.register(['NEW'])
  t.match((await run('fetches replay')).json, { timespans: [{ inserted: 2 }] })
  t.same(await world.lines('select close from ohlcv_daily order by 1'), ['1', '2', '3'])
})

await t.test('a symbol that named two securities has its rows divided between them', async (t) => {
  await world.afresh([])
  await world.rename('OLD', 'MID', '2025-01-08')
  await world.rename('NEW', 'OLD', '2025-01-08')
  await table(['OLD 2025-01-07 1', 'OLD 2025-01-08 2', 'OLD 2025-01-10 3'])
  t.match((await run('import legacy --table old.ohlcv')).json, { totals: { inserted: 3 } })
  t.same(await world.lines(`
    select b.time::text, b.close, n.symbol from ohlcv_daily b join ticker_symbols n using (symbol_id) where upper_inf(n.valid) order by 1`), ['2025-01-07 1 MID', '2025-01-08 2 OLD', '2025-01-10 3 OLD'])
  t.same(await world.lines('select symbol, start_date::text, end_date::text, symbol_id is not null, bars from fetches order by start_date'), [
    'OLD 2025-01-07 2025-01-07 true 1', 'OLD 2025-01-08 2025-01-10 true 2',
  ])
})

await t.test('only the chosen symbols and dates are taken', async (t) => {
  await world.afresh(['AAA', 'BBB'])
  await table(['AAA 2025-01-06 1', 'AAA 2025-01-07 2', 'AAA 2025-01-08 3', 'BBB 2025-01-07 4'])
  t.match((await run('import legacy --table old.ohlcv --symbols AAA --start 2025-01-07 --end 2025-01-07')).json, { table: { rows: 1 }, totals: { bars: 1 } })
  t.same(await world.lines('select close from ohlcv_daily'), ['2'])
  t.match((await run('import legacy --table old.ohlcv --symbols NOBODY')).json, { state: 'completed', symbols: [], totals: { loaded: 0, bars: 0 } })
})

await t.test('adjusted prices are held beside and fill nothing', async (t) => {
  await world.afresh(['AAA'])
  await table(['AAA 2025-01-06 1', 'AAA 2025-01-07 2'])
  t.match((await run('import legacy --table old.ohlcv --basis split')).json, { basis: 'split', totals: { loaded: 1, bars: 2, inserted: 0, held_back: 2, filled: 0 } })
  t.same(await world.bars(), [])
  t.same(await world.lines('select time::text, provider, basis, close from provider_bars order by 1'), ['2025-01-06 legacy split 1', '2025-01-07 legacy split 2'])
})

await t.test('a dry run tells what there is, and neither keeps nor stores it', async (t) => {
  await world.afresh(['AAA'])
  await table(['AAA 2025-01-01 1', 'AAA 2025-01-06 1', 'AAA 2025-01-06 2', 'NEW 2025-01-07 3'])
  const { json, text, exitCode } = await run('import legacy --table old.ohlcv --dry-run')
  t.equal(exitCode, 0)
  t.match(json, { totals: { rows: 4, valid: 1, rejected: 1, unknown: 1, repeated: 1, unknown_symbols: 1 }, symbols: [{ symbol: 'AAA', rows: 3, message: 'rows rejected: 1 closed_day' }, { symbol: 'NEW' }] })
  t.match(text, /4 rows: 1 bar of known securities, 1 rejected, 1 unknown \(1 symbol\)[^]*dry run: nothing was kept or stored$/)
  t.same(await world.lines('select (select count(*) from jobs), (select count(*) from fetches), (select count(*) from ohlcv_daily), (select count(*) from ingestion_runs)'), ['0 0 0 0'])
})
