import t from 'tap'
import { isoDate } from '../../lib/domain/dates.js'
import { Universe } from '../../lib/domain/universe.js'

const universe = new Universe([
  { symbol: 'META', symbolId: 2, from: isoDate('2022-06-09'), to: null },
  { symbol: 'FB', symbolId: 2, from: isoDate('2012-05-18'), to: isoDate('2022-06-09') },
  { symbol: 'FB', symbolId: 1, from: isoDate('1999-09-30'), to: isoDate('2003-03-29') },
  { symbol: 'SPY', symbolId: 3, from: null, to: null },
], 7)

await t.test('a symbol names a security on its dates, from the first and before the last', async (t) => {
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

await t.test('a security has its symbols in order of dates', async (t) => {
  t.same(universe.rangesOf(2), [{ symbol: 'FB', from: '2012-05-18', to: '2022-06-09' }, { symbol: 'META', from: '2022-06-09', to: null }])
  t.same(universe.rangesOf(3), [{ symbol: 'SPY', from: null, to: null }])
  t.same(universe.rangesOf(4), [])
})

await t.test('in a range of dates a symbol last names one security, or none', async (t) => {
  const last = (symbol: string, start: string, end: string) => universe.lastNamed(symbol, { start: isoDate(start), end: isoDate(end) })
  t.equal(last('FB', '2000-01-01', '2025-01-01'), 2)
  t.equal(last('FB', '2000-01-01', '2012-05-17'), 1)
  t.equal(last('FB', '2003-03-28', '2003-03-28'), 1)
  t.equal(last('FB', '2003-03-29', '2012-05-17'), undefined)
  t.equal(last('FB', '2022-06-09', '2025-01-01'), undefined)
  t.equal(last('META', '2000-01-01', '2022-06-09'), 2)
  t.equal(last('SPY', '1993-01-29', '1993-01-29'), 3)
  t.equal(last('AAPL', '2000-01-01', '2025-01-01'), undefined)
})
