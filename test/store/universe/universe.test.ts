import t from 'tap'
import { Universe, loadUniverse } from '../../../lib/store/universe/universe.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { freshDatabase } from '../../helpers/database.js'

await t.test('a symbol names a security on its dates, from the first and before the last', async (t) => {
  const universe = new Universe([
    { symbol: 'FB', symbolId: 1, from: isoDate('1999-09-30'), to: isoDate('2003-03-29') },
    { symbol: 'FB', symbolId: 2, from: isoDate('2012-05-18'), to: isoDate('2022-06-09') },
    { symbol: 'META', symbolId: 2, from: isoDate('2022-06-09'), to: null },
    { symbol: 'SPY', symbolId: 3, from: null, to: null },
  ], 7)
  const on = (symbol: string, date: string) => universe.securityOn(symbol, isoDate(date))
  t.equal(on('FB', '1999-09-29'), undefined)
  t.equal(on('FB', '1999-09-30'), 1)
  t.equal(on('FB', '2003-03-28'), 1)
  t.equal(on('FB', '2003-03-29'), undefined)
  t.equal(on('FB', '2022-06-08'), 2)
  t.equal(on('FB', '2022-06-09'), undefined)
  t.equal(on('META', '2022-06-09'), 2)
  t.equal(on('SPY', '1993-01-29'), 3)
  t.equal(on('spy', '1993-01-29'), undefined, 'case matters')
  t.ok(universe.has('FB'))
  t.notOk(universe.has('AAPL'))
  t.equal(universe.size, 3)
  t.equal(universe.identitySeq, 7)
})

await t.test('the universe is read with the last identity change it has seen', async (t) => {
  const { pool } = await freshDatabase(t)
  const empty = await loadUniverse(pool)
  t.same([empty.size, empty.identitySeq], [0, 0])
  await pool.query(`insert into tickers (symbol) values ('FB'), ('SPY')`)
  await pool.query(`insert into ticker_symbols values (1, 'FB', '[2012-05-18,2022-06-09)', false), (2, 'SPY', '(,)', true)`)
  await pool.query(`insert into universe_changes (symbol, dates, new_symbol_id, cause) values ('FB', '(,)', 1, 'import'), ('SPY', '(,)', 2, 'import')`)
  const universe = await loadUniverse(pool)
  t.same([universe.size, universe.identitySeq], [2, 2])
  t.equal(universe.securityOn('FB', isoDate('2022-06-08')), 1)
  t.equal(universe.securityOn('FB', isoDate('2022-06-09')), undefined)
  t.equal(universe.securityOn('SPY', isoDate('2022-06-09')), 2)
})
