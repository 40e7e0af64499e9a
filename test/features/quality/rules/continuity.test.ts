import t from 'tap'
import { CONTINUITY } from '../../../../lib/features/quality/rules/continuity.js'
import { judged, usual, word } from './windows.js'

await t.test('a large move that stays and that nothing explains is for a person', async (t) => {
  t.same(judged(CONTINUITY, [127, 100_000], usual(5, 127)), { cause: null, details: { close_before: '100', close: '127', ratio: '1.27', volume: '100000' } })
  t.equal(word(judged(CONTINUITY, [119], usual(5, 119))), '-', 'not 20 percent')
})

await t.test('volume, the market, a halt, a listing, thin trade or its own volatility are a likely cause', async (t) => {
  t.equal(word(judged(CONTINUITY, [127, 300_000], usual(5, 127))), 'news_move', 'earnings')
  t.equal(word(judged(CONTINUITY, [72, 150_000], usual(5, 72), { market: -0.12 })), 'market_move', '2020-03-16')
  t.equal(word(judged(CONTINUITY, [72, 150_000], usual(5, 72), { sessions: [...Array.from({ length: 30 }, (_, index) => index), 33, 34, 35, 36, 37, 38] })), 'halt')
  t.equal(word(judged(CONTINUITY, [127], usual(5, 127), { before: usual(5) })), 'listing')
  t.equal(word(judged(CONTINUITY, [127, 300], usual(5, 127, 300), { before: usual(30, 100, 300) })), 'quiet')
  const wild = Array.from({ length: 30 }, (_, index): [number] => [index % 2 === 0 ? 110 : 100])
  t.equal(word(judged(CONTINUITY, [127], usual(5, 127), { before: wild })), 'volatility')
})

await t.test('a price three times as high is explained by volume only', async (t) => {
  t.equal(word(judged(CONTINUITY, [357, 90_000], usual(5, 357), { before: usual(5) })), 'open')
  t.equal(word(judged(CONTINUITY, [357, 900_000], usual(5, 357), { before: usual(5) })), 'news_move')
})

await t.test('what other rules tell is not told again: splits, spikes, powers of ten, and the way back from them', async (t) => {
  t.equal(word(judged(CONTINUITY, [50, 200_000], usual(5, 50, 200_000))), '-')
  t.equal(word(judged(CONTINUITY, [150])), '-')
  t.equal(word(judged(CONTINUITY, [1000])), '-')
  t.equal(word(judged(CONTINUITY, [101], usual(5), { before: [...usual(30), [150]] })), '-')
})
