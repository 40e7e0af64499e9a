import t from 'tap'
import { SPLIT_RATIO } from '../../../../lib/features/quality/rules/split-ratio.js'
import { judged, usual, word, type TestBar } from './windows.js'

/** The first bars after a split, each like the one before. */
const since = (price: number, volume: number): TestBar[] => usual(5, price, volume)

await t.test('a step by the ratio of a split, with the volume to match, is a split or one that is missing', async (t) => {
  t.same(judged(SPLIT_RATIO, [50, 200_000], since(50, 200_000)), { cause: null, details: { close_before: '100', open: '50', close: '50', split: '2:1' } })
  t.match(judged(SPLIT_RATIO, [66.9, 150_000], since(66.9, 150_000)), { details: { split: '1.5:1' } }, 'three for two')
  t.match(judged(SPLIT_RATIO, [980, 970_000 / 100], since(980, 12_000)), { details: { split: '1:10' } })
  t.match(judged(SPLIT_RATIO, [14.3, 700_000], since(14.3, 700_000)), { details: { split: '7:1' } }, 'as AAPL in 2014')
})

await t.test('the splits of NVDA are known by their ratios', async (t) => {
  // The last close before and the first bar after, in dollars and millions of shares, in round figures.
  t.match(judged(SPLIT_RATIO, [187.3, 188.4, 183.6, 186.1, 43_500_000], since(186, 43_500_000), { before: usual(31, 744, 10_000_000) }), { details: { split: '4:1' } }, '2021-07-20')
  t.match(judged(SPLIT_RATIO, [120.4, 123.1, 117, 121.8, 314_000_000], since(121, 220_000_000), { before: usual(31, 1200, 41_000_000) }), { details: { split: '10:1' } }, '2024-06-10')
})

await t.test('a fall of the same size with much more volume is none, nor one that opens elsewhere', async (t) => {
  t.equal(word(judged(SPLIT_RATIO, [50, 3_000_000], since(50, 800_000))), '-', 'bad news')
  t.equal(word(judged(SPLIT_RATIO, [80, 81, 49, 50, 200_000], since(50, 200_000))), '-', 'it fell during the session')
  t.equal(word(judged(SPLIT_RATIO, [58, 200_000], since(58, 200_000))), '-', 'no ratio of a split')
})

await t.test('a step that is taken back is none, nor the way back', async (t) => {
  t.equal(word(judged(SPLIT_RATIO, [50, 200_000])), '-')
  t.equal(word(judged(SPLIT_RATIO, [101], usual(5), { before: [...usual(30), [50, 200_000]] })), '-')
})

await t.test('on the last bar that there is, it is told before it is known to stay', async (t) => {
  t.equal(word(judged(SPLIT_RATIO, [50, 200_000], [])), 'open')
})
