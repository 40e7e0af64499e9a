import t from 'tap'
import { isoDate } from '../../lib/domain/dates.js'
import { Universe } from '../../lib/domain/universe.js'

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
