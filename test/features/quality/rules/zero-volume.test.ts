import t from 'tap'
import { ZERO_VOLUME } from '../../../../lib/features/quality/rules/zero-volume.js'
import { DEFAULTS, usual, windowOf, type TestBar } from './windows.js'

const still = (count: number): TestBar[] => Array.from({ length: count }, () => [12_345, 12_345, 12_345, 12_345, 0] as const)
const found = (bars: TestBar[]) => bars.flatMap((_, at) => {
  const verdict = ZERO_VOLUME.judge(windowOf(bars, at), DEFAULTS)
  return verdict ? [[at, verdict.cause]] : []
})

await t.test('five sessions without volume of what usually trades are told once', async (t) => {
  t.same(found([...usual(30), ...still(9), ...usual(3)]), [[34, null]])
  t.same(found([...usual(30), ...still(4), ...usual(3)]), [])
})

await t.test('test symbols of exchanges, and what hardly trades, explain themselves', async (t) => {
  t.same(found(still(40)), [[4, 'quiet']])
  t.same(found([...usual(30, 100, 300), ...still(9)]), [[34, 'quiet']])
})
