import t from 'tap'
import { SPIKE } from '../../../../lib/features/quality/rules/spike.js'
import { judged, usual, word } from './windows.js'

await t.test('a close that the next session takes back is a bad print where nothing says why', async (t) => {
  t.same(judged(SPIKE, [150]), { cause: null, details: { close_before: '100', close: '150', close_after: '101', ratio: '1.5' } })
  t.equal(word(judged(SPIKE, [70])), 'open')
  t.equal(word(judged(SPIKE, [112])), '-', 'no more than twelve times what it usually moves')
  t.equal(word(judged(SPIKE, [114])), 'open', 'more than that')
})

await t.test('volume, the market, thin trade or its own volatility explain it', async (t) => {
  t.equal(word(judged(SPIKE, [150, 500_000])), 'news_move')
  t.equal(word(judged(SPIKE, [70], usual(5), { market: -0.05 })), 'market_move')
  t.equal(word(judged(SPIKE, [150], usual(5), { market: -0.05 })), 'open', 'the market went the other way')
  t.equal(word(judged(SPIKE, [150, 300], usual(5, 100, 400), { before: usual(30, 100, 400) })), 'quiet')
  const wild = Array.from({ length: 30 }, (_, index): [number] => [index % 2 === 0 ? 110 : 100])
  t.equal(word(judged(SPIKE, [150], [[102]], { before: wild })), 'volatility')
})

await t.test('nothing explains a price that is three times what it was, and a session later is not', async (t) => {
  t.equal(word(judged(SPIKE, [310, 5_000_000])), 'open')
})

await t.test('it is none where the next session stays, where there is none, or where it comes a week later', async (t) => {
  t.equal(word(judged(SPIKE, [150], usual(5, 150))), '-')
  t.equal(word(judged(SPIKE, [150], [])), '-')
  t.equal(word(judged(SPIKE, [150], [[100]], { sessions: [...Array.from({ length: 31 }, (_, index) => index), 35] })), '-')
  t.equal(word(judged(SPIKE, [1000])), '-', 'a power of ten is told as that')
})

await t.test('the squeeze of GME in January 2021 was none: volume says why the close of the 28th stood alone', async (t) => {
  // Closes in dollars and shares as they were traded, in round figures.
  const before = [...usual(28, 19, 10_000_000), [76.79, 178_000_000], [147.98, 178_000_000], [347.51, 93_000_000]] as const
  t.equal(word(judged(SPIKE, [265, 483, 112, 193.6, 58_000_000], [[325], [225], [90]], { before })), 'news_move')
})
