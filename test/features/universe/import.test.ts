import fc from 'fast-check'
import type pg from 'pg'
import t from 'tap'
import { addDays, isoDate } from '../../../lib/domain/dates.js'
import { UsageError } from '../../../lib/domain/errors.js'
import { undated, type Listing } from '../../../lib/formats/listing.js'
import { importListings, type ImportResult } from '../../../lib/features/universe/import.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { ACCEPTED as options, runtimeOf } from '../../helpers/load.js'
import { Market } from '../../helpers/market.js'
import { inputs, SEED } from '../../properties/runs.js'

const { pool } = await freshDatabase(t)

/** A row of a file; `last` is the last date, inclusive, as in a file. */
const row = (symbol: string, first: string | null = null, last: string | null = null, name: string | null = null): Listing => ({
  ...undated(2, symbol, { name }), from: first === null ? null : isoDate(first), to: last === null ? null : addDays(isoDate(last), 1),
})
const importRows = (pool: pg.Pool, ...rows: Listing[]): Promise<ImportResult> => importListings(runtimeOf(pool), { listings: { rows, testIssues: 0 }, cause: 'import', ...options })
const rename = (pool: pg.Pool, oldSymbol: string, newSymbol: string, on: string, reused = false) =>
  renameSymbol(runtimeOf(pool), { oldSymbol, newSymbol, on: isoDate(on), reused, ...options })
const names = async (pool: pg.Pool) => (await pool.query(`select symbol, name from tickers where symbol <> 'ANCHOR' order by symbol_id`)).rows.map((r: { symbol: string; name: string | null }) => `${r.symbol} ${r.name}`)

await t.test('symbols without dates are registered for all dates, once', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  t.match(await importRows(pool, row('AAPL', null, null, 'Apple'), row('MSFT')), { added: 2, updated: 0, unchanged: 0 })
  t.same(await market.symbols(), ['AAPL 1 (,) assumed', 'MSFT 2 (,) assumed'])
  const before = await market.everything()
  t.match(await importRows(pool, row('AAPL', null, null, 'Apple'), row('MSFT')), { added: 0, updated: 0, unchanged: 2, change: { changed: [] } })
  t.same(await market.everything(), before, 'a second import changes nothing, not even a time')
  t.match(await importRows(pool, row('AAPL', null, null, 'Apple Inc.'), row('MSFT')), { added: 0, updated: 1, unchanged: 1 })
  t.same(await names(pool), ['AAPL Apple Inc.', 'MSFT null'])
  t.match(await importRows(pool, row('AAPL')), { unchanged: 1 }, 'an empty cell takes nothing away, nor does a missing row')
  t.same(await names(pool), ['AAPL Apple Inc.', 'MSFT null'])
})

await t.test('a universe that grows makes the dates with its symbols stale', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await importRows(pool, row('AAPL'))
  await market.load('2024-01-02', { AAPL: 185 })
  await market.load('2024-01-03', { AAPL: 184, ARM: 70 })
  await market.load('2024-01-04', { AAPL: 181, ARM: 69, RDDT: 50 })
  t.match(await importRows(pool, row('ARM'), row('RDDT', '2024-03-21')), { added: 2, change: { staleDates: 2, barsMoved: 0 } })
  await market.load('2024-01-03')
  t.same(await market.bars(), ['2024-01-02 AAPL 185', '2024-01-03 AAPL 184', '2024-01-03 ARM 70', '2024-01-04 AAPL 181'])
})

await t.test('dates narrow an assumed range, and bars outside them go, kept as revisions', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await importRows(pool, row('FB'))
  await market.load('2003-03-28', { FB: 12 })
  await market.load('2012-05-18', { FB: 38 })
  for (const [line, reason] of [[3, 'price_not_positive'], [4, 'bad_number']]) {
    await pool.query(`insert into rejected_rows values ('day_aggs', '2003-03-28', $1, $2, 'open', 'FB', '', 1)`, [line, reason])
  }
  const result = await importRows(pool, row('FB', '2012-05-18'))
  t.match(result, { added: 0, updated: 1, change: { barsMoved: 0, barsRemoved: 1, dates: 1, staleDates: 0 } })
  t.same(await market.symbols(), ['FB 1 [2012-05-18,)'])
  t.same(await market.bars(), ['2012-05-18 FB 38'])
  t.same(await market.wrongDays(), [])
  t.same((await pool.query('select date, symbol from unknown_symbols')).rows, [{ date: '2003-03-28', symbol: 'FB' }])
  t.same((await pool.query('select date, cause, old_close, new_close, old_load_id, new_load_id from bar_revisions')).rows, [
    { date: '2003-03-28', cause: 'identity', old_close: '12', new_close: null, old_load_id: 1, new_load_id: null },
  ])
  t.same((await pool.query('select reason from rejected_rows')).rows, [{ reason: 'bad_number' }], 'only rows judged before their symbol is looked up stay rejects')

  t.match(await importRows(pool, row('FB', '1999-09-30', '2003-03-28')), { added: 1, change: { staleDates: 1 } })
  await market.load('2003-03-28')
  t.same(await market.symbols(), ['FB 1 [2012-05-18,)', 'FB 2 [1999-09-30,2003-03-29)'])
  t.same(await market.bars(), ['2003-03-28 FB 12', '2012-05-18 FB 38'])
})

await t.test('rows of one symbol split an assumed range; the latest keeps the security', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await importRows(pool, row('FB', null, null, 'Facebook'))
  await market.load('2003-03-28', { FB: 12 })
  await market.load('2012-05-18', { FB: 38 })
  const rows = [row('FB', '1999-09-30', '2003-03-28', 'Falconbridge'), row('FB', '2012-05-18', null, 'Facebook')]
  t.match(await importRows(pool, ...rows), { added: 1, updated: 1, change: { barsMoved: 1, barsRemoved: 0 } })
  t.same(await market.symbols(), ['FB 1 [2012-05-18,)', 'FB 2 [1999-09-30,2003-03-29)'])
  t.same(await names(pool), ['FB Facebook', 'FB Falconbridge'])
  t.same(await market.bars(), await market.barsOfFiles())
  t.same(await market.wrongDays(), [])
  const before = await market.everything()
  t.match(await importRows(pool, ...rows), { added: 0, updated: 0, unchanged: 2 })
  t.same(await market.everything(), before, 'identical evidence twice changes nothing')
})

await t.test('dates that contradict earlier ones are refused, unless they are to correct them', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await importRows(pool, row('FB', '2012-05-17'), row('SPY'))
  await market.load('2012-05-17', { SPY: 130 })
  await market.load('2012-05-18', { FB: 38, SPY: 129 })
  const before = await market.everything()
  await t.rejects(importRows(pool, row('FB', '2012-05-18')), {
    code: 'IDENTITY_CONFLICT', message: /^these cannot both be: FB was listed from 2012-05-17 \(fact 1, import\); FB was listed from 2012-05-18 \(told now\)$/,
  })
  t.same(await market.everything(), before)
  const corrected = await importListings(runtimeOf(pool), { listings: { rows: [row('FB', '2012-05-18')], testIssues: 0 }, cause: 'import', ...options, correct: true })
  t.match(corrected, { updated: 1, corrected: [{ factId: 1, from: '2012-05-17' }] })
  t.same(await market.symbols(), ['FB 1 [2012-05-18,)', 'SPY 2 (,) assumed'])
  t.same(await market.bars(), await market.barsOfFiles())
})

await t.test('an end that becomes known later is no contradiction', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await importRows(pool, row('FB', '2012-05-18'))
  t.match(await importRows(pool, row('FB', '2012-05-18', '2022-06-08')), { updated: 1 })
  t.same(await market.symbols(), ['FB 1 [2012-05-18,2022-06-09)'])
})

await t.test('an empty valid_to does not reopen a range that a rename has ended', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await importRows(pool, row('FB', '2012-05-18'))
  await rename(pool, 'FB', 'META', '2022-06-09')
  const before = await market.everything()
  t.match(await importRows(pool, row('FB', '2012-05-18', null, 'Facebook')), { unchanged: 1 })
  t.same(await market.everything(), before, 'and a former symbol does not name the security anew')
  t.match(await importRows(pool, row('FB', null, null, 'Somebody')), { former: ['FB'], added: 0, unchanged: 0 })
  t.same({ ...await market.everything(), identity_facts: before['identity_facts'] }, before)
  t.match(await importRows(pool, row('FB', '2024-01-02', null, 'Somebody')), { added: 1 }, 'another company, by its dates')
  t.same(await market.symbols(), ['FB 1 [2012-05-18,2022-06-09)', 'FB 2 [2024-01-02,)', 'META 1 [2022-06-09,)'])
})

await t.test('dates that contradict dated evidence are refused, with all of the file', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  await importRows(pool, row('A', '2001-01-01', '2005-12-31'), row('A', '2010-01-01'))
  await rename(pool, 'A', 'B', '2015-01-02')
  const cases: [Listing, RegExp][] = [
    [row('A', '2001-01-01', '2011-01-01'), /^these cannot both be: A was listed 2001-01-01 to 2011-01-01 \(told now\); A was listed 2001-01-01 to 2005-12-31 \(fact 1, import\)$/],
    [row('A', '2010-01-01', '2016-01-01'), /^these cannot both be: A was listed 2010-01-01 to 2016-01-01 \(told now\); A became B on 2015-01-02 \(fact 3, rename\)$/],
  ]
  const before = await market.everything()
  for (const [bad, message] of cases) {
    const error = await importRows(pool, row('NEW'), bad).then(() => undefined, (error: unknown) => error)
    t.type(error, UsageError)
    t.match(error, { code: 'IDENTITY_CONFLICT', message })
  }
  t.same(await market.everything(), before)
})

await t.test('a dry run counts and keeps nothing', async (t) => {
  await empty(pool)
  const market = new Market(pool)
  const before = await market.everything()
  t.match(await importListings(runtimeOf(pool), { listings: { rows: [row('A')], testIssues: 3 }, cause: 'import', ...options, dryRun: true }), { added: 1, testIssues: 3 })
  t.same(await market.everything(), before)
})

const DATES = ['2020-01-02', '2020-01-03', '2020-01-06', '2020-01-07', '2020-01-08']
const symbol = fc.constantFrom('A', 'B', 'C')
const date = fc.constantFrom(...DATES)
const step = fc.oneof(
  fc.record({ kind: fc.constant('rename' as const), from: symbol, to: symbol, on: date, reused: fc.boolean() }),
  fc.record({ kind: fc.constant('import' as const), symbol, dates: fc.tuple(fc.option(date), fc.option(date)) }),
  fc.record({ kind: fc.constant('load' as const), date }),
)

await t.test('whatever happens in whatever order, the bars are what the files and the symbols say', async (t) => {
  let changes = 0
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
    await empty(pool)
    const market = new Market(pool)
    await importRows(pool, row('A'), row('B'))
    for (const [index, date] of DATES.entries()) await market.load(date, { A: 10 + index, B: 20 + index, ...(index > 1 ? { C: 30 + index } : {}) })
    for (const step of steps) {
      const before = await market.everything()
      try {
        if (step.kind === 'rename') await rename(pool, step.from, step.to, step.on, step.reused)
        else if (step.kind === 'import') {
          const [first, last] = step.dates.toSorted((a, b) => (a === null || b === null ? 0 : a < b ? -1 : 1))
          await importRows(pool, row(step.symbol, first, last))
        } else await market.load(step.date)
        changes++
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        assertSame(await market.everything(), before)
      }
      assertSame(await market.bars(), await market.barsOfFiles())
      assertSame(await market.wrongDays(), [])
    }
    for (const date of DATES) await market.load(date)
    assertSame(await market.bars(), await market.barsOfFiles())
  }), { numRuns: inputs(t, 8), seed: SEED })
  t.ok(changes > 12, 'many of the steps were taken')
})

function assertSame(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${a}\nis not\n${b}`)
}
