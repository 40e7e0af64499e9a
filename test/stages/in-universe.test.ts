import t from 'tap'
import { none } from '../../lib/domain/stage.js'
import { inUniverse } from '../../lib/stages/in-universe.js'
import { rawBar, tallyOf } from './bars.js'

const universe = new Set(['AAPL', 'MSFT'])

await t.test('bars of known symbols go on, those of others are counted and named as unknown', async (t) => {
  const tally = tallyOf()
  const stage = inUniverse(universe, null, tally)
  const bar = rawBar('AAPL')
  t.equal(stage(bar), bar)
  for (const symbol of ['NOPE', 'aapl', 'NOPE']) t.equal(stage(rawBar(symbol)), none)
  t.equal(tally.counts.unknown, 3)
  t.same([...tally.unknownSymbols], ['NOPE', 'aapl'])
})

await t.test('under an override only selected symbols go on, and others are not unknown', async (t) => {
  const tally = tallyOf()
  const stage = inUniverse(universe, new Set(['MSFT', 'NOPE']), tally)
  const bar = rawBar('MSFT')
  t.equal(stage(bar), bar)
  t.equal(stage(rawBar('AAPL')), none)
  t.equal(stage(rawBar('ELSE')), none)
  t.equal(stage(rawBar('NOPE')), none, 'selected, but not known')
  t.match(tally.counts, { notSelected: 2, unknown: 1 })
  t.same([...tally.unknownSymbols], ['NOPE'])
})
