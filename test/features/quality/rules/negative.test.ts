import t from 'tap'
import { NEGATIVE } from '../../../../lib/features/quality/rules/negative.js'
import { judged, word } from './windows.js'

await t.test('prices are above zero and volumes not below it', async (t) => {
  t.equal(word(judged(NEGATIVE, [100, 0])), '-', 'no trade')
  t.same(judged(NEGATIVE, [0, 1, 0.5, 1, 10]), { cause: null, details: { field: 'open', value: '0' } })
  t.same(judged(NEGATIVE, [1, 1, -0.5, 1, 10]), { cause: null, details: { field: 'low', value: '-0.5' } })
  t.same(judged(NEGATIVE, [1, 1, 1, 1, -10]), { cause: null, details: { field: 'volume', value: '-10' } })
  t.equal(word(judged(NEGATIVE, [NaN, 1, 1, 1, 10])), '-', 'an absent cell is told by another rule')
})
