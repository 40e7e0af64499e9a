import t from 'tap'
import { NULL_CELLS } from '../../../../lib/features/quality/rules/cells.js'
import { DEFAULTS, judged, usual, windowOf, word } from './windows.js'

await t.test('a bar lacks cells where they hold no number', async (t) => {
  t.equal(word(judged(NULL_CELLS, [100])), '-')
  t.same(judged(NULL_CELLS, [100, NaN, 99, 100, NaN]), { cause: null, details: { missing: 'high, volume' } })
  t.same(judged(NULL_CELLS, [100, Infinity, 99, 100, 5]), { cause: null, details: { missing: 'high' } })
})

await t.test('one cell of five is a fifth: it is let through where so many may be absent', async (t) => {
  const lacking = windowOf([...usual(3), [100, 101, 99, 100, NaN]], 3)
  t.equal(word(NULL_CELLS.judge(lacking, { ...DEFAULTS, nullThreshold: 0.2 })), '-')
  t.equal(word(NULL_CELLS.judge(lacking, { ...DEFAULTS, nullThreshold: 0.19 })), 'open')
})
