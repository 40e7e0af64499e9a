import t from 'tap'
import { isoDate, type IsoDate } from '../../lib/domain/dates.js'
import { none } from '../../lib/domain/stage.js'
import { identify } from '../../lib/stages/identify.js'
import { rawBar, tallyOf } from './bars.js'

/** FB named security 7 until 2022-06-08. */
const universe = { securityOn: (symbol: string, date: IsoDate) => (symbol === 'FB' && date < '2022-06-09' ? 7 : undefined) }

await t.test('a bar gets the security that its symbol named on the date', async (t) => {
  const tally = tallyOf()
  const bar = rawBar('FB')
  t.equal(identify(universe, () => isoDate('2022-06-08'), tally)(bar), bar, 'the same object: a row is not copied')
  t.match(bar, { symbol: 'FB', symbolId: 7 })
  t.equal(tally.counts.unknown, 0)
})

await t.test('a symbol that named nothing on the date is unknown', async (t) => {
  const tally = tallyOf()
  t.equal(identify(universe, () => isoDate('2022-06-09'), tally)(rawBar('FB')), none)
  t.equal(tally.counts.unknown, 1)
  t.same([...tally.unknownSymbols], ['FB'])
})
