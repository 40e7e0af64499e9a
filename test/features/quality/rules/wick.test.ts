import t from 'tap'
import { WICK } from '../../../../lib/features/quality/rules/wick.js'
import { judged, usual, word } from './windows.js'

await t.test('a high or low far from every close around it is a bad print', async (t) => {
  t.same(judged(WICK, [100, 140, 99, 100, 100_000]), { cause: null, details: { field: 'high', value: '140', close_before: '100', close: '100', close_after: '101', ratio: '1.386' } })
  t.match(judged(WICK, [100, 101, 50, 100, 100_000]), { cause: null, details: { field: 'low', value: '50', ratio: '2' } })
  t.match(judged(WICK, [60, 101, 60, 100, 100_000]), { cause: null, details: { field: 'low' } }, 'the open as well')
})

await t.test('it is none where the range is usual, or the price goes there', async (t) => {
  t.equal(word(judged(WICK, [100, 120, 99, 100, 100_000])), '-', 'not 25 percent')
  t.equal(word(judged(WICK, [100, 140, 99, 100, 100_000], usual(5, 135))), '-', 'the next session is there')
  const wide = Array.from({ length: 30 }, (): [number, number, number, number, number] => [100, 112, 98, 100, 100_000])
  t.equal(word(judged(WICK, [100, 150, 99, 100, 100_000], usual(5), { before: wide })), '-', 'its range is 13 percent on any session')
})

await t.test('volume, the market and thin trade explain it, unless it is absurd', async (t) => {
  t.equal(word(judged(WICK, [100, 140, 99, 100, 500_000])), '-')
  t.equal(word(judged(WICK, [98, 99, 60, 98, 100_000], usual(5), { market: -0.036 })), '-', 'the morning of 2015-08-24')
  t.equal(word(judged(WICK, [100, 140, 99, 100, 400], usual(5, 100, 400), { before: usual(30, 100, 400) })), '-')
  t.equal(word(judged(WICK, [100, 450, 99, 100, 500_000])), 'open')
})

await t.test('a power of ten is told as that', async (t) => {
  t.equal(word(judged(WICK, [100, 1000, 99, 100, 100_000])), '-')
})
