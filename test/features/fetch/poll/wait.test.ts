import t from 'tap'
import { Troubles } from '../../../../lib/features/fetch/poll/troubles.js'
import { pauseAfter } from '../../../../lib/features/fetch/poll/schedule.js'
import { wait } from '../../../../lib/features/fetch/poll/wait.js'

/** Waits by a clock that moves by what a function makes of each sleep; returns the sleeps. */
async function waits(ms: number, clockOf: (slept: number, nth: number) => number, signal = new AbortController().signal): Promise<number[]> {
  let now = 0
  const slept: number[] = []
  await wait(ms, () => new Date(now), async (ms) => {
    now += clockOf(ms, slept.push(ms))
  }, signal)
  return slept
}

await t.test('a wait is made of short ones, and ends when the time is over', async (t) => {
  t.same(await waits(70_000, (ms) => ms), [30_000, 30_000, 10_000])
  t.same(await waits(1, (ms) => ms), [1])
  t.same(await waits(0, (ms) => ms), [])
  t.same(await waits(-5, (ms) => ms), [])
})

await t.test('a suspended machine waits no longer than the clock says', async (t) => {
  t.same(await waits(3_600_000, (ms, nth) => (nth === 2 ? 5_000_000 : ms)), [30_000, 30_000])
})

await t.test('a clock that is set back does not make it longer, and one that stands still neither', async (t) => {
  t.same(await waits(70_000, (ms, nth) => (nth === 1 ? -3_600_000 : ms)), [30_000, 30_000, 10_000])
  t.same(await waits(70_000, () => 0), [30_000, 30_000, 10_000])
})

await t.test('an abort ends it', async (t) => {
  const abort = new AbortController()
  t.same(await waits(3_600_000, (ms, nth) => {
    if (nth === 2) abort.abort()
    return ms
  }, abort.signal), [30_000, 30_000])
  t.same(await waits(3_600_000, (ms) => ms, abort.signal), [])
})

await t.test('pauses grow from an interval to a minute', async (t) => {
  t.same([0, 1, 2, 3, 4, 5, 50, 5000].map((failures) => pauseAfter(failures, 10_000)), [0, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000])
  t.equal(pauseAfter(1, 3_600_000), 60_000)
})

await t.test('a trouble is told when it begins, when it becomes another, and when it is over; what is well is not told', async (t) => {
  const troubles = new Troubles()
  const told = (found: Record<string, string | null>): unknown => {
    const { begun, ended } = troubles.changes(new Map(Object.entries(found).map(([subject, code]) => [subject, code === null ? null : { code, message: 'm' }])))
    return { begun: [...begun].map(([subject, { code }]) => `${subject} ${code}`), ended }
  }
  t.same(told({ a: null, b: 'X' }), { begun: ['b X'], ended: [] })
  t.same(told({ a: 'X', b: 'X' }), { begun: ['a X'], ended: [] })
  t.same(told({ b: 'Y' }), { begun: ['b Y'], ended: [] })
  t.same(told({ a: null, b: null }), { begun: [], ended: ['a', 'b'] })
  t.same(told({ a: null, b: null }), { begun: [], ended: [] })
})
