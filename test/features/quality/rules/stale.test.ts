import t from 'tap'
import { STALE } from '../../../../lib/features/quality/rules/stale.js'
import { DEFAULTS, usual, windowOf, word, type TestBar } from './windows.js'

const same = (count: number, price = 100.5, volume = 100_000): TestBar[] => Array.from({ length: count }, () => [price, volume])
const says = (bars: TestBar[], at: number): string => word(STALE.judge(windowOf(bars, at), DEFAULTS))

await t.test('eight sessions with one close, of a price that usually moves, are told once', async (t) => {
  const bars = [...usual(30), ...same(12), ...usual(3)]
  t.same(bars.map((_, at) => says(bars, at)).flatMap((word, at) => (word === '-' ? [] : [[at, word]])), [[37, 'open']], 'on the eighth')
})

await t.test('it is none with seven, or without volume', async (t) => {
  t.equal(says([...usual(30), ...same(7), ...usual(3)], 36), '-')
  t.equal(says([...usual(30), ...same(12, 100.5, 0)], 37), '-')
})

await t.test('funds and shells that trade at one price for weeks are none', async (t) => {
  const shell: TestBar[] = Array.from({ length: 30 }, (_, index) => [index % 7 === 0 ? 10.01 : 10, 50_000])
  t.equal(says([...shell, ...same(12, 10.02, 50_000)], 37), '-')
  t.equal(says(same(60, 10, 50_000), 59), '-')
  t.equal(says(same(20, 10, 50_000), 7), '-', 'nor while nothing is known of them')
})
