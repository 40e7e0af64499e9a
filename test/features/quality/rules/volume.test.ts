import t from 'tap'
import { VOLUME } from '../../../../lib/features/quality/rules/volume.js'
import { judged, usual, word } from './windows.js'

await t.test('a hundred times the usual volume on one session, with a price that stands still, is for a person', async (t) => {
  t.same(judged(VOLUME, [100, 100.2, 99.9, 100, 20_000_000]), { cause: null, details: { volume: '20000000', usual: '100000', times: '200' } })
  t.equal(word(judged(VOLUME, [100, 100.2, 99.9, 100, 9_000_000])), '-')
})

await t.test('a price that moves says why', async (t) => {
  t.equal(word(judged(VOLUME, [100, 112, 99, 110, 20_000_000])), 'news_move')
})

await t.test('it is none where it stays, and thin trade has no usual volume', async (t) => {
  t.equal(word(judged(VOLUME, [100, 20_000_000], usual(5, 100, 18_000_000))), '-')
  t.equal(word(judged(VOLUME, [100, 40_000], usual(5, 100, 200), { before: usual(30, 100, 200) })), '-')
})
