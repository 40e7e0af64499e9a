import t from 'tap'
import { none } from '../../lib/domain/stage.js'
import { onSchedule } from '../../lib/stages/on-schedule.js'
import { barOf, tallyOf } from './bars.js'

await t.test('a bar of a window without trading is rejected as the schedule says, others go on', async (t) => {
  const tally = tallyOf()
  const stage = onSchedule({ fault: (slot) => (slot === 1 ? 'closed_day' : slot === 2 ? 'in_future' : undefined) }, tally)
  const bar = barOf(1, {}, { slot: 0 })
  t.equal(stage(bar), bar)
  t.equal(stage(barOf(1, {}, { slot: 1, line: 3 })), none)
  t.equal(stage(barOf(2, {}, { slot: 2, line: 4 })), none)
  t.same(tally.rejects, [
    { line: 3, reason: 'closed_day', field: null, symbol: 'S1', raw: Buffer.from('line 3') },
    { line: 4, reason: 'in_future', field: null, symbol: 'S2', raw: Buffer.from('line 4') },
  ])
})
