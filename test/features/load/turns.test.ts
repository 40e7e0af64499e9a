import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { Turns } from '../../../lib/features/load/day/turns.js'

const MONDAY = isoDate('2025-01-06')
const TUESDAY = isoDate('2025-01-07')
const WEDNESDAY = isoDate('2025-01-08')

await t.test('of those that wait it is the earliest date\'s turn, whoever asked first', async (t) => {
  const turns = new Turns()
  const served: string[] = []
  await Promise.all([WEDNESDAY, TUESDAY, MONDAY, TUESDAY].map(async (date) => {
    await turns.next(date)
    served.push(date)
  }))
  t.same(served, [MONDAY, TUESDAY, TUESDAY, WEDNESDAY])
})

await t.test('a date that has no work does not hold up a later one', async (t) => {
  const turns = new Turns()
  await turns.next(MONDAY)
  await turns.next(WEDNESDAY)
  await turns.next(TUESDAY)
  t.pass('each was served as soon as it asked')
})

await t.test('between two turns the event loop goes on', async (t) => {
  const turns = new Turns()
  let events = 0
  const ticking = setInterval(() => events++, 1)
  await Promise.all(Array.from({ length: 20 }, async () => {
    await turns.next(MONDAY)
    const end = performance.now() + 3
    while (performance.now() < end);
  }))
  clearInterval(ticking)
  t.ok(events >= 10, `${events} timer events during 20 turns of 3 ms`)
})
