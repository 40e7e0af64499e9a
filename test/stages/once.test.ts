import t from 'tap'
import type { RepeatedBar } from '../../lib/domain/bar.js'
import { isoDate } from '../../lib/domain/dates.js'
import { none } from '../../lib/domain/stage.js'
import { windowsOf } from '../../lib/datasets/window.js'
import { once } from '../../lib/stages/once.js'
import { barOf, tallyOf } from './bars.js'

const DATE = isoDate('2025-01-06')
const DAY = windowsOf({ window: 'day' }, DATE, 'America/New_York')
const MINUTES = windowsOf({ window: 'minute' }, DATE, 'America/New_York')

await t.test('the first bar of a security goes on, later ones are set aside with their raw rows', async (t) => {
  const repeats: RepeatedBar[] = []
  const stage = once(DAY, repeats, tallyOf())
  const [first, other, again] = [barOf(1), barOf(2), barOf(1, { close: '11.5' }, { line: 9 })]
  t.equal(stage(first), first)
  t.equal(stage(other), other)
  t.equal(stage(again), none)
  t.same(repeats, [{ bar: again, time: null, raw: Buffer.from('line 9') }])
})

await t.test('minutes of a security are told apart, and set aside with their time', async (t) => {
  const repeats: RepeatedBar[] = []
  const stage = once(MINUTES, repeats, tallyOf())
  for (const slot of [0, 1, 570, 1439]) t.not(stage(barOf(1, {}, { slot })), none)
  t.not(stage(barOf(2, {}, { slot: 570 })), none)
  t.equal(stage(barOf(1, {}, { slot: 570 })), none)
  t.same(repeats.map(({ time }) => time), ['2025-01-06T14:30:00.000Z'])
})

await t.test('none of a million minutes is taken for another', async (t) => {
  const stage = once(MINUTES, [], tallyOf())
  const bar = barOf(1)
  let through = 0
  for (bar.symbolId = 1; bar.symbolId <= 700; bar.symbolId++) {
    for (bar.slot = 0; bar.slot < MINUTES.slots; bar.slot++) if (stage(bar) !== none) through++
  }
  t.equal(through, 700 * 1440)
})

await t.test('more repeats than a slip of the vendor fail the file', async (t) => {
  const repeats: RepeatedBar[] = []
  const stage = once(DAY, repeats, tallyOf())
  for (let line = 2; line <= 10_002; line++) stage(barOf(1, {}, { line }))
  t.equal(repeats.length, 10_000)
  t.throws(() => stage(barOf(1, {}, { line: 10_003 })), { name: 'SourceError', code: 'SOURCE_TOO_MANY_REPEATS', message: /^line 10003: more than 10000 rows/ })
})
