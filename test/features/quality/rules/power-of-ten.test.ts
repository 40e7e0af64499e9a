import t from 'tap'
import { POWER_OF_TEN } from '../../../../lib/features/quality/rules/power-of-ten.js'
import { judged, usual, word } from './windows.js'

await t.test('a bar that is ten or a hundred times off is one, where the next is back', async (t) => {
  t.same(judged(POWER_OF_TEN, [1000]), { cause: null, details: { field: 'close', value: '1000', close_before: '100', power: 1 } })
  t.match(judged(POWER_OF_TEN, [1.04]), { cause: null, details: { power: -2 } })
  t.match(judged(POWER_OF_TEN, [100, 10_100, 99, 10_050, 50_000]), { details: { field: 'close', power: 2 } }, 'only high and close')
})

await t.test('so is one price of it', async (t) => {
  t.same(judged(POWER_OF_TEN, [100, 1010, 99, 100, 5]), { cause: null, details: { field: 'high', value: '1010', close: '100', power: 1, ratio: '10.1' } })
  t.match(judged(POWER_OF_TEN, [100, 101, 0.99, 100, 5]), { details: { field: 'low', power: -2 } })
})

await t.test('other factors are none', async (t) => {
  t.equal(word(judged(POWER_OF_TEN, [500])), '-', 'five times')
  t.equal(word(judged(POWER_OF_TEN, [100, 300, 99, 100, 5])), '-', 'a high at three times')
})

await t.test('the bar after it is none', async (t) => {
  t.equal(word(judged(POWER_OF_TEN, [100], usual(5), { before: [...usual(30), [1000]] })), '-')
})

await t.test('a step that stays is a split where it opens so and has its volume, and an event where much more is traded than usually', async (t) => {
  t.equal(word(judged(POWER_OF_TEN, [1000, 10_000], usual(5, 1000, 10_000))), '-', 'one for ten')
  t.equal(word(judged(POWER_OF_TEN, [110, 1100, 105, 1000, 100_000], usual(5, 1000))), 'open', 'not from the open on')
  t.equal(word(judged(POWER_OF_TEN, [110, 1100, 105, 1000, 900_000], usual(5, 1000, 900_000))), '-', 'with nine times the volume')
})
