import t from 'tap'
import { REPEATED } from '../../../../lib/features/quality/rules/repeated.js'
import { judged, usual, word, type TestBar } from './windows.js'

const BAR: TestBar = [100, 102, 99, 101, 123_456]
const after = (before: TestBar, bar: TestBar, sessions?: number[]) => judged(REPEATED, bar, usual(3), { before: [...usual(10), before], ...(sessions && { sessions }) })

await t.test('a bar that equals the one of the session before is one of the two twice', async (t) => {
  t.same(after(BAR, BAR), { cause: null, details: { close: '101', volume: '123456' } })
  t.equal(word(after(BAR, [100, 102, 99, 101, 123_457])), '-')
  t.equal(word(after(BAR, [100, 102, 98, 101, 123_456])), '-')
})

await t.test('few shares at one price, or a session between, are none', async (t) => {
  t.equal(word(after([10, 10, 10, 10, 100], [10, 10, 10, 10, 100])), '-')
  t.equal(word(after(BAR, BAR, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15])), '-')
})
