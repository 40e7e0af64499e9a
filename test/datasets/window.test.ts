import t from 'tap'
import { isoDate } from '../../lib/domain/dates.js'
import { windowsOf } from '../../lib/datasets/window.js'

const NEW_YORK = 'America/New_York'
const at = (instant: string, nanoseconds = 0n): bigint => BigInt(Date.parse(instant)) * 1_000_000n + nanoseconds
const days = (date: string, zone = NEW_YORK) => windowsOf({ window: 'day' }, isoDate(date), zone)
const minutes = (date: string, zone = NEW_YORK) => windowsOf({ window: 'minute' }, isoDate(date), zone)

await t.test('a day is one window, from midnight to the last nanosecond before the next, by the clock of the zone', async (t) => {
  const winter = days('2025-01-06')
  t.equal(winter.slots, 1)
  t.equal(winter.time(0), null, 'its date says it all')
  const cases: [bigint, number | undefined][] = [
    [at('2025-01-06T05:00:00Z'), 0], [at('2025-01-06T21:00:00Z', 1n), 0], [at('2025-01-07T05:00:00Z', -1n), 0],
    [at('2025-01-06T05:00:00Z', -1n), undefined], [at('2025-01-07T05:00:00Z'), undefined], [-68_400_000_000_000n, undefined],
  ]
  for (const [instant, slot] of cases) {
    t.equal(winter.slot(instant), slot, String(instant))
    t.equal(winter.isOnDate(instant), slot === 0, String(instant))
  }
  t.equal(days('2025-07-07').slot(at('2025-07-07T04:00:00Z')), 0, 'summer time')
  t.equal(days('2025-07-07', 'Asia/Tokyo').slot(at('2025-07-06T15:00:00Z')), 0, 'elsewhere it is another day')
  t.equal(days('2025-07-07', 'Asia/Tokyo').slot(at('2025-07-07T15:00:00Z')), undefined)
})

await t.test('a minute is a window that begins at a whole minute, numbered from midnight', async (t) => {
  const day = minutes('2025-01-06')
  t.equal(day.slots, 1440)
  const cases: [bigint, number][] = [[at('2025-01-06T05:00:00Z'), 0], [at('2025-01-06T14:30:00Z'), 570], [at('2025-01-07T04:59:00Z'), 1439]]
  for (const [instant, slot] of cases) {
    t.equal(day.slot(instant), slot)
    t.equal(at(day.time(slot)!), instant, 'and back')
  }
  for (const instant of [at('2025-01-06T14:30:30Z'), at('2025-01-06T14:30:00Z', 1n), at('2025-01-06T14:30:00Z', -1n)]) {
    t.equal(day.slot(instant), undefined, 'between two minutes')
    t.ok(day.isOnDate(instant))
  }
  for (const instant of [at('2025-01-06T04:59:00Z'), at('2025-01-07T05:00:00Z')]) {
    t.equal(day.slot(instant), undefined)
    t.notOk(day.isOnDate(instant))
  }
})

await t.test('a day has an hour less or more when the clocks change, and its minutes follow each other', async (t) => {
  for (const [date, slots, instant, minute] of [['2025-03-09', 1380, '2025-03-09T07:00:00Z', 120], ['2025-11-02', 1500, '2025-11-02T06:30:00Z', 150]] as const) {
    const day = minutes(date)
    t.equal(day.slots, slots)
    t.equal(day.slot(at(instant)), minute)
    const times = Array.from({ length: slots }, (_, slot) => Date.parse(day.time(slot)!))
    t.ok(times.every((time, slot) => time === times[0]! + slot * 60_000))
  }
})
