import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { loadUniverse } from '../../../lib/store/universe/universe.js'
import { freshDatabase } from '../../helpers/database.js'

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
