import type pg from 'pg'
import t, { type Test } from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { UsageError } from '../../../lib/domain/errors.js'
import { undated } from '../../../lib/formats/listing.js'
import { importListings } from '../../../lib/features/universe/import.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { retractFacts } from '../../../lib/features/universe/retract.js'
import { keepsCoverage } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { ACCEPTED as options, runtimeOf } from '../../helpers/load.js'
import { Market, type DayPrices } from '../../helpers/market.js'
import { IN_THIS_DATABASE, until } from '../../helpers/until.js'

const { pool } = await freshDatabase(t)
keepsCoverage(t, pool)

const rename = (pool: pg.Pool, oldSymbol: string, newSymbol: string, on: string, reused = false) =>
  renameSymbol(runtimeOf(pool), { oldSymbol, newSymbol, on: isoDate(on), reused, ...options })
const register = (pool: pg.Pool, ...symbols: string[]) =>
  importListings(runtimeOf(pool), { listings: { rows: symbols.map((symbol, index) => undated(index + 2, symbol, {})), testIssues: 0 }, cause: 'import', ...options })

type Step = (pool: pg.Pool) => Promise<unknown>

/** Histories of symbols as they happened, on made-up prices; `load` is where all files are loaded. */
const HISTORIES: { title: string; symbols: string[]; files: Record<string, DayPrices>; steps: Step[]; securities: Record<string, string> }[] = [
  {
    title: 'FB becomes META, which named an ETF before',
    symbols: ['FB', 'META', 'SPY'],
    files: { '2022-01-10': { FB: 330, META: 15, SPY: 465 }, '2022-06-08': { FB: 196, SPY: 411 }, '2022-06-09': { META: 184, SPY: 401 }, '2022-06-10': { META: 175, SPY: 389 } },
    steps: [(pool) => rename(pool, 'FB', 'META', '2022-06-09')],
    securities: { 'FB 2022-06-08': 'a', 'META 2022-06-09': 'a', 'META 2022-01-10': 'b', 'SPY 2022-06-10': 'c' },
  },
  {
    title: 'FB becomes META in a universe of today, which knows META only',
    symbols: ['META', 'SPY'],
    files: { '2022-01-10': { FB: 330, META: 15, SPY: 465 }, '2022-06-08': { FB: 196, SPY: 411 }, '2022-06-09': { META: 184, SPY: 401 } },
    steps: [(pool) => rename(pool, 'FB', 'META', '2022-06-09')],
    securities: { 'FB 2022-01-10': 'a', 'FB 2022-06-08': 'a', 'META 2022-06-09': 'a', 'META 2022-01-10': 'b', 'SPY 2022-06-09': 'c' },
  },
  {
    title: 'GOOG becomes GOOGL while GOOCV becomes GOOG, on one day',
    symbols: ['GOOG', 'GOOGL', 'GOOCV'],
    files: { '2014-04-01': { GOOG: 1135, GOOCV: 568 }, '2014-04-02': { GOOG: 1134, GOOCV: 567 }, '2014-04-03': { GOOG: 569, GOOGL: 571 }, '2014-04-04': { GOOG: 543, GOOGL: 545 } },
    steps: [(pool) => rename(pool, 'GOOG', 'GOOGL', '2014-04-03', true), (pool) => rename(pool, 'GOOCV', 'GOOG', '2014-04-03')],
    securities: { 'GOOG 2014-04-02': 'a', 'GOOGL 2014-04-03': 'a', 'GOOCV 2014-04-02': 'c', 'GOOG 2014-04-04': 'c' },
  },
  {
    title: 'SPWR becomes SPWRA and SPWR again',
    symbols: ['SPWR', 'SPWRA'],
    files: { '2008-09-29': { SPWR: 70 }, '2008-09-30': { SPWRA: 71 }, '2011-11-16': { SPWRA: 8 }, '2011-11-17': { SPWR: 9 } },
    steps: [(pool) => rename(pool, 'SPWR', 'SPWRA', '2008-09-30', true), (pool) => rename(pool, 'SPWRA', 'SPWR', '2011-11-17')],
    securities: { 'SPWR 2008-09-29': 'a', 'SPWRA 2008-09-30': 'a', 'SPWRA 2011-11-16': 'a', 'SPWR 2011-11-17': 'a' },
  },
  {
    title: 'the same chain told from its end',
    symbols: ['SPWR', 'SPWRA'],
    files: { '2008-09-29': { SPWR: 70 }, '2008-09-30': { SPWRA: 71 }, '2011-11-16': { SPWRA: 8 }, '2011-11-17': { SPWR: 9 } },
    steps: [(pool) => rename(pool, 'SPWRA', 'SPWR', '2011-11-17'), (pool) => rename(pool, 'SPWR', 'SPWRA', '2008-09-30')],
    securities: { 'SPWR 2008-09-29': 'a', 'SPWRA 2008-09-30': 'a', 'SPWRA 2011-11-16': 'a', 'SPWR 2011-11-17': 'a' },
  },
  {
    title: 'AOL becomes TWX, which another company was a year before',
    symbols: ['AOL', 'TWX'],
    files: { '2002-01-10': { AOL: 47, TWX: 71 }, '2003-10-15': { AOL: 15 }, '2003-10-16': { TWX: 16 }, '2018-06-14': { TWX: 98 } },
    steps: [(pool) => rename(pool, 'AOL', 'TWX', '2003-10-16')],
    securities: { 'AOL 2003-10-15': 'a', 'TWX 2003-10-16': 'a', 'TWX 2018-06-14': 'a', 'TWX 2002-01-10': 'b' },
  },
  {
    title: 'NWSA becomes FOXA becomes TFCFA',
    symbols: ['NWSA', 'FOXA', 'TFCFA'],
    files: { '2013-06-28': { NWSA: 32 }, '2013-07-01': { FOXA: 29 }, '2019-03-18': { FOXA: 50 }, '2019-03-19': { TFCFA: 49 } },
    steps: [(pool) => rename(pool, 'FOXA', 'TFCFA', '2019-03-19'), (pool) => rename(pool, 'NWSA', 'FOXA', '2013-07-01')],
    securities: { 'NWSA 2013-06-28': 'a', 'FOXA 2013-07-01': 'a', 'FOXA 2019-03-18': 'a', 'TFCFA 2019-03-19': 'a' },
  },
  {
    title: 'A and B swap their symbols',
    symbols: ['A', 'B'],
    files: { '2020-01-02': { A: 1, B: 100 }, '2020-01-03': { A: 101, B: 2 } },
    steps: [(pool) => rename(pool, 'A', 'B', '2020-01-03', true), (pool) => rename(pool, 'B', 'A', '2020-01-03')],
    securities: { 'A 2020-01-02': 'a', 'B 2020-01-03': 'a', 'B 2020-01-02': 'b', 'A 2020-01-03': 'b' },
  },
]

/** Which bars belong to one security: letters in the order asked for. */
async function securities(pool: pg.Pool, bars: readonly string[]): Promise<Record<string, string>> {
  const letters = new Map<number, string>()
  const found: Record<string, string> = {}
  const wanted = Object.fromEntries(bars.map((bar) => [bar, bar.split(' ')]))
  for (const [bar, [symbol, date]] of Object.entries(wanted)) {
    const { rows } = await pool.query<{ symbol_id: number }>(`
      select b.symbol_id from ohlcv_daily b join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> b.time
      where s.symbol = $1 and b.time = $2`, [symbol, date])
    const id = rows[0]?.symbol_id ?? 0
    if (!letters.has(id)) letters.set(id, String.fromCharCode(97 + letters.size))
    found[bar] = letters.get(id)!
  }
  return found
}

/** Letters anew in the order of the keys, so that only who shares one counts. */
function renamed(letters: Record<string, string>): Record<string, string> {
  const order = [...new Set(Object.values(letters))]
  return Object.fromEntries(Object.entries(letters).map(([bar, letter]) => [bar, String.fromCharCode(97 + order.indexOf(letter))]))
}

for (const { title, symbols, files, steps, securities: expected } of HISTORIES) {
  await t.test(`${title}: the same bars whether it is told before, between or after loads`, async (t) => {
    for (let loadedAfter = 0; loadedAfter <= steps.length; loadedAfter++) {
      await empty(pool)
      const market = new Market(pool)
      await register(pool, ...symbols)
      for (const [index, step] of [...steps, async () => {}].entries()) {
        if (index === loadedAfter) for (const [date, prices] of Object.entries(files)) await market.load(date, prices)
        await step(pool)
        t.same(await market.wrongDays(), [], 'counts and checksums are those of the bars')
        t.same(await market.bars(), await market.barsOfFiles(), 'the bars are what the files say')
      }
      for (const date of Object.keys(files)) await market.load(date)
      const all = Object.entries(files).flatMap(([date, prices]) => Object.entries(prices).map(([symbol, price]) => `${date} ${symbol} ${price}`))
      t.same(await market.bars(), all.sort(), `every row is a bar, loaded after ${loadedAfter} steps`)
      t.same(await securities(pool, Object.keys(expected)), renamed(expected), `and of the right security, loaded after ${loadedAfter} steps`)
    }
  })
}

await t.test('a rename moves bars, their revisions and nothing of their values', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB', 'META')
  await market.load('2022-06-08', { FB: 196 })
  await market.load('2022-06-09', { META: 184 })
  await pool.query(`
    insert into bar_revisions (dataset, date, symbol_id, cause, old_close, new_close)
    select 'day_aggs', time, symbol_id, 'vendor', 1, close from ohlcv_daily where time = '2022-06-09' and close = 184`)
  const before = await pool.query('select time, open, high, low, close, volume, transactions, load_id from ohlcv_daily order by time, close')
  const { change } = await rename(pool, 'FB', 'META', '2022-06-09')
  t.match(change, { barsMoved: 1, barsRemoved: 0, dates: 1, staleDates: 0 })
  const after = await pool.query('select time, open, high, low, close, volume, transactions, load_id from ohlcv_daily order by time, close')
  t.same(after.rows, before.rows)
  const { rows } = await pool.query(`
    select count(*) as revisions from bar_revisions r join ohlcv_daily b on b.symbol_id = r.symbol_id and b.time = r.date where r.cause = 'vendor'`)
  t.equal(rows[0].revisions, 1, 'the revision is still that of the bar')
  t.same((await pool.query('select symbol from tickers where symbol_id < 3 order by symbol_id')).rows, [{ symbol: 'META' }, { symbol: 'META' }], 'the security is called by its latest symbol')
  t.same((await pool.query(`
    select symbol, dates::text, old_symbol_id is null as first, new_symbol_id, cause from universe_changes order by seq`)).rows, [
    { symbol: 'FB', dates: '(,)', first: true, new_symbol_id: 1, cause: 'import' },
    { symbol: 'META', dates: '(,)', first: true, new_symbol_id: 2, cause: 'import' },
    { symbol: 'FB', dates: '[2022-06-09,)', first: false, new_symbol_id: null, cause: 'rename' },
    { symbol: 'META', dates: '[2022-06-09,)', first: false, new_symbol_id: 1, cause: 'rename' },
  ])
})

await t.test('minute bars move by the date in New York, and are kept with their minute when removed', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB', 'META')
  await market.load('2022-06-08', {})
  await pool.query(`select ohlcv_minute_ensure_partitions('2022-06-08', '2022-06-09')`)
  // Midnight in New York is 04:00 UTC.
  const minutes = ['2022-06-08 13:30Z', '2022-06-09 03:59Z', '2022-06-09 04:00Z', '2022-06-09 23:59Z']
  await pool.query(`insert into ohlcv_minute select 2, minute, 1, 1, 1, 1, 1, 1, 1 from unnest($1::timestamptz[]) minute`, [minutes])
  await pool.query(`insert into coverage values ('minute_aggs', '2022-06-08', '\\x04'), ('minute_aggs', '2022-06-09', '\\x04')`)
  await pool.query(`
    insert into days (dataset, date, load_id, row_count, hash_sum, rehash_sum) select 'minute_aggs', d, 1, c.row_count, c.hash_sum, c.rehash_sum from (values (date '2022-06-08'), ('2022-06-09')) v (d), lateral ohlcv_minute_checksum(d) c`)
  t.match((await rename(pool, 'FB', 'META', '2022-06-09')).change, { barsMoved: 2, barsRemoved: 0, dates: 1 })
  const stored = () => pool.query(`select symbol_id as id, to_char(time at time zone 'UTC', 'DD HH24:MI') as minute from ohlcv_minute order by time`)
  t.same((await stored()).rows, [{ id: 2, minute: '08 13:30' }, { id: 2, minute: '09 03:59' }, { id: 1, minute: '09 04:00' }, { id: 1, minute: '09 23:59' }])
  const row = { ...undated(2, 'META', {}), to: isoDate('2022-06-08') }
  t.match(await importListings(runtimeOf(pool), { listings: { rows: [row], testIssues: 0 }, cause: 'import', ...options }), { change: { barsRemoved: 2, dates: 1 } })
  t.same((await pool.query(`select date, to_char(time at time zone 'UTC', 'DD HH24:MI') as minute, cause from bar_revisions order by time`)).rows, [
    { date: '2022-06-08', minute: '08 13:30', cause: 'identity' }, { date: '2022-06-08', minute: '09 03:59', cause: 'identity' },
  ])
  const { rows } = await pool.query(`
    select d.date from days d, lateral ohlcv_minute_checksum(d.date) c where d.dataset = 'minute_aggs' and (d.row_count, d.checksum) is distinct from (c.row_count, c.checksum)`)
  t.same(rows, [], 'counts and checksums are those of the bars')
  t.same((await pool.query('select dataset, date, symbol from unknown_symbols')).rows, [{ dataset: 'minute_aggs', date: '2022-06-08', symbol: 'META' }])
})

await t.test('told twice, a rename changes nothing', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'GOOG', 'GOOGL')
  await market.load('2014-04-03', { GOOG: 569, GOOGL: 571 })
  await rename(pool, 'GOOG', 'GOOGL', '2014-04-03', true)
  const before = await market.everything()
  t.equal((await rename(pool, 'GOOG', 'GOOGL', '2014-04-03', true)).change, undefined)
  t.equal((await rename(pool, 'GOOG', 'GOOGL', '2014-04-03')).change, undefined)
  t.same(await market.everything(), before)
})

await t.test('a symbol nobody knew makes loaded dates stale once it is the new name', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB')
  await market.load('2022-06-08', { FB: 196 })
  await market.load('2022-06-09', { META: 184 })
  await market.load('2022-06-10', { META: 175 })
  const { change } = await rename(pool, 'FB', 'META', '2022-06-09')
  t.match(change, { barsMoved: 0, staleDates: 2 })
})

/** Expects a refusal that leaves everything as it was. */
async function refused(t: Test, market: Market, work: () => Promise<unknown>, expected: { code: string; message: RegExp }): Promise<void> {
  const before = await market.everything()
  const error = await work().then(() => undefined, (error: unknown) => error)
  t.type(error, UsageError)
  t.match(error, expected)
  t.same(await market.everything(), before, 'nothing was changed')
}

await t.test('a symbol that still trades is not renamed, unless it is said to be reused', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'GOOG', 'GOOGL')
  await market.load('2014-04-02', { GOOG: 1134 })
  await market.load('2014-04-03', { GOOG: 569, GOOGL: 571 })
  await market.load('2014-04-04', { GOOG: 543, GOOGL: 545 })
  await refused(t, market, () => rename(pool, 'GOOG', 'GOOGL', '2014-04-03'), {
    code: 'RENAME_STILL_TRADED',
    message: /^GOOG has 2 bars on and after 2014-04-03, the last on 2014-04-04, 2014-04-03; a renamed symbol stops trading$/,
  })
  t.match((await rename(pool, 'GOOG', 'GOOGL', '2014-04-03', true)).change, { barsMoved: 4 })
  t.same(await market.symbols(), [
    'GOOG 1 (,2014-04-03) assumed', 'GOOG 3 [2014-04-03,) assumed', 'GOOGL 1 [2014-04-03,)', 'GOOGL 2 (,2014-04-03) assumed',
  ])
})

await t.test('a new symbol that is known to be another security\'s is refused by name', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB')
  const row = { ...undated(2, 'META', {}), from: isoDate('2021-06-30') }
  await importListings(runtimeOf(pool), { listings: { rows: [row], testIssues: 0 }, cause: 'import', ...options })
  await refused(t, market, () => renameSymbol(runtimeOf(pool), { oldSymbol: 'FB', newSymbol: 'META', on: isoDate('2022-06-09'), reused: false, ...options, accept: false }), {
    code: 'RENAME_SYMBOL_TAKEN', message: /^META is known to name another security from 2021-06-30: META was listed from 2021-06-30 \(fact 2, import\)$/,
  })
  await rename(pool, 'FB', 'META', '2022-06-09')
  t.same(await market.symbols(), ['FB 1 (,2022-06-09) assumed', 'META 1 [2022-06-09,)', 'META 2 [2021-06-30,2022-06-09)'], 'said to be accepted, the other had ended')
})

await t.test('symbols that nobody knows, a second rename on one day, and a symbol and itself are refused', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB')
  await rename(pool, 'FB', 'META', '2022-06-09')
  await refused(t, market, () => rename(pool, 'XYZ', 'ABC', '2022-06-09'), { code: 'RENAME_NO_SECURITY', message: /^XYZ names no security on 2022-06-08, the day before the rename, and ABC none at all$/ })
  await refused(t, market, () => rename(pool, 'XYZ', 'META', '2022-06-09'), {
    code: 'IDENTITY_CONFLICT', message: /^these cannot both be: FB became META on 2022-06-09 \(fact 2, rename\); XYZ became META on 2022-06-09 \(told now\)$/,
  })
  await refused(t, market, () => rename(pool, 'FB', 'MVRS', '2022-06-09'), {
    code: 'IDENTITY_CONFLICT', message: /^these cannot both be: FB became META on 2022-06-09 \(fact 2, rename\); FB became MVRS on 2022-06-09 \(told now\)$/,
  })
  await refused(t, market, () => rename(pool, 'FB', 'FB', '2024-01-01'), { code: 'RENAME_SAME_SYMBOL', message: /FB/ })
})

await t.test('what was renamed before and is renamed again was somebody else in between', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB')
  await rename(pool, 'FB', 'META', '2022-06-09')
  t.match(await rename(pool, 'FB', 'MVRS', '2024-01-01'), { otherSince: '2022-06-09' })
  t.same(await market.symbols(), ['FB 1 (,2022-06-09) assumed', 'FB 2 [2022-06-09,2024-01-01) assumed', 'META 1 [2022-06-09,)', 'MVRS 2 [2024-01-01,)'])
})

await t.test('a rename that was wrong is taken back, and told anew', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB', 'META')
  await market.load('2022-06-08', { FB: 196 })
  await market.load('2022-06-09', { META: 184 })
  await market.load('2022-06-10', { META: 175 })
  const before = await market.symbols()
  await rename(pool, 'FB', 'META', '2022-06-10')
  t.match(await retractFacts(runtimeOf(pool), { facts: [3], ...options }), { facts: [{ kind: 'renamed', symbol: 'FB', newSymbol: 'META', from: '2022-06-10' }], change: { barsMoved: 1 } })
  t.same(await market.symbols(), before)
  await rename(pool, 'FB', 'META', '2022-06-09')
  t.same(await market.symbols(), ['FB 1 (,2022-06-09) assumed', 'META 1 [2022-06-09,)', 'META 2 (,2022-06-09) assumed'])
  t.same(await market.bars(), await market.barsOfFiles())
  t.same(await market.wrongDays(), [])
  await refused(t, market, () => retractFacts(runtimeOf(pool), { facts: [3], ...options }), { code: 'FACT_UNKNOWN', message: /^there is no fact 3, or it was taken back already$/ })
})

await t.test('a change of more than a share of a date is refused unless it is accepted', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  const careful = { ...options, accept: false }
  const symbols = Array.from({ length: 39 }, (_, index) => `S${index}`)
  await register(pool, ...symbols)
  const prices = Object.fromEntries(symbols.map((symbol, index) => [symbol, index + 1]))
  for (const date of ['2020-01-02', '2020-01-03']) await market.load(date, prices)
  const listed = (count: number) => ({ rows: symbols.slice(0, count).map((symbol) => ({ ...undated(2, symbol, {}), from: isoDate('2020-01-03') })), testIssues: 0 })
  await refused(t, market, () => importListings(runtimeOf(pool), { listings: listed(3), cause: 'import', ...careful }), {
    code: 'IDENTITY_TOO_MANY', message: /^3 of the 40 bars of 2020-01-02 \(7\.5 %\) would be dropped, because their symbols would name no security, more than 5 %$/,
  })
  t.match(await importListings(runtimeOf(pool), { listings: listed(3), cause: 'import', ...careful, dryRun: true }), { change: { barsRemoved: 3, refusal: { code: 'IDENTITY_TOO_MANY' } } }, 'a dry run says so and tells the rest')
  t.match(await importListings(runtimeOf(pool), { listings: listed(2), cause: 'import', ...careful }), { change: { barsRemoved: 2, refusal: undefined } }, 'five in a hundred are not more than five')
  t.match(await importListings(runtimeOf(pool), { listings: listed(3), cause: 'import', ...options }), { change: { barsRemoved: 1 } })
  t.same((await pool.query('select date, row_count, dropped, stale, largest from days order by date')).rows, [
    { date: '2020-01-02', row_count: 37, dropped: 3, stale: true, largest: 37 },
    { date: '2020-01-03', row_count: 40, dropped: 0, stale: false, largest: 40 },
  ])
  t.same(await market.wrongDays(), [])

  const ended = symbols.slice(10, 14)
  const reused = ended.flatMap((symbol) => [
    { ...undated(2, symbol, {}), from: isoDate('2010-01-04'), to: isoDate('2015-01-01') }, { ...undated(3, symbol, {}), from: isoDate('2018-01-02') },
  ])
  const renamedAll = { rows: [...reused, ...ended.map((symbol) => ({ ...undated(4, `${symbol}X`, {}), from: isoDate('2015-01-02') }))], testIssues: 0 }
  t.match(await importListings(runtimeOf(pool), { listings: renamedAll, cause: 'import', ...careful }), { change: { barsMoved: 0 } }, 'the latest keeps the security, and its bars stay')
})

await t.test('two bars of one security on one date are refused by name', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB', 'META')
  await market.load('2022-06-08', { FB: 196 })
  await market.load('2022-06-09', { META: 184 })
  // A bar that no file put there: FB's security has one on a date on which META is about to become its symbol.
  await importListings(runtimeOf(pool), { listings: { rows: [{ ...undated(2, 'FB', {}), to: isoDate('2022-06-09') }], testIssues: 0 }, cause: 'import', ...options })
  await pool.query(`insert into ohlcv_daily select 1, '2022-06-09', 1, 1, 1, 1, 1, 1, load_id from days where date = '2022-06-09'`)
  await pool.query(`update coverage set securities = ohlcv_mark_securities(securities, '{1}', true) where date = '2022-06-09'`)
  await refused(t, market, () => rename(pool, 'FB', 'META', '2022-06-09'), {
    code: 'IDENTITY_COLLISION', message: /^bars of META and others, which stand under no symbol, would both be bars of security 1 on 2022-06-09; nothing was changed$/,
  })
})

await t.test('a dry run says what would happen and keeps nothing', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB', 'META')
  await market.load('2022-06-09', { META: 184 })
  const before = await market.everything()
  const { change } = await renameSymbol(runtimeOf(pool), { oldSymbol: 'FB', newSymbol: 'META', on: isoDate('2022-06-09'), reused: false, ...options, dryRun: true })
  t.match(change, { barsMoved: 1 })
  t.same(await market.everything(), before)
})

await t.test('an interrupted rename keeps nothing', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await register(pool, 'FB')
  const before = await market.everything()
  await t.rejects(renameSymbol(runtimeOf(pool, { signal: AbortSignal.abort(new Error('stop')) }), { oldSymbol: 'FB', newSymbol: 'META', on: isoDate('2022-06-09'), reused: false, ...options }), { message: 'stop' })
  t.same(await market.everything(), before)
})

await t.test('an identity change waits for the loads that are merging', async (t) => {
  await empty(pool)
  await register(pool, 'FB')
  const load = await pool.connect()
  await load.query('begin')
  await load.query('select pg_advisory_xact_lock_shared(1869114467, 3)')
  let done = false
  const renaming = rename(pool, 'FB', 'META', '2022-06-09').then(() => (done = true))
  await until(async () => (await pool.query(`select from pg_locks where locktype = 'advisory' and not granted and ${IN_THIS_DATABASE}`)).rowCount !== 0)
  t.equal(done, false)
  await load.query('commit')
  load.release()
  t.equal(await renaming, true)
})

await t.test('a rename in whose way another transaction was is done again, three times at most', async (t) => {
  for (const state of ['40001', '40P01', '55P03']) {
    for (const failures of [2, 3]) {
      await empty(pool)
      await register(pool, 'FB')
      // A sequence remembers what is rolled back.
      await pool.query(`
        create sequence tried;
        create or replace function fail() returns trigger language plpgsql as $$ begin
          if nextval('tried') <= ${failures} then raise exception 'in the way' using errcode = '${state}'; end if;
          return null;
        end $$;
        create trigger fail after insert on universe_changes for each statement execute function fail()`)
      const renaming = rename(pool, 'FB', 'META', '2022-06-09')
      if (failures === 2) t.match(await renaming, { change: { changed: [{ symbol: 'FB' }] } }, state)
      else await t.rejects(renaming, { code: state })
      t.same((await pool.query('select last_value from tried')).rows, [{ last_value: 3 }])
      await pool.query('drop trigger fail on universe_changes; drop sequence tried')
    }
  }
})
