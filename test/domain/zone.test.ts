import fc from 'fast-check'
import t from 'tap'
import { fromDayNumber, isoDate } from '../../lib/domain/dates.js'
import { instantOf, wallTime } from '../../lib/domain/zone.js'
import { inputs, SEED } from '../properties/runs.js'

const NEW_YORK = 'America/New_York'

function at(date: string, time: string, zone = NEW_YORK): string {
  return instantOf(isoDate(date), time, zone).toISOString()
}

await t.test('summer time begins and ends on the days the law of the year says', async (t) => {
  // 1986 to 2006: first Sunday of April to last Sunday of October (Pub. L. 99-359); since 2007: second Sunday of March to
  // first Sunday of November (Energy Policy Act of 2005, Pub. L. 109-58, section 110).
  for (const [lastWinterDay, firstSummerDay] of [['1990-03-30', '1990-04-02'], ['2006-03-31', '2006-04-03'], ['2007-03-09', '2007-03-12'], ['2026-03-06', '2026-03-09']] as const) {
    t.equal(at(lastWinterDay, '09:30'), `${lastWinterDay}T14:30:00.000Z`)
    t.equal(at(firstSummerDay, '09:30'), `${firstSummerDay}T13:30:00.000Z`)
  }
  for (const [lastSummerDay, firstWinterDay] of [['1990-10-26', '1990-10-29'], ['2006-10-27', '2006-10-30'], ['2007-11-02', '2007-11-05'], ['2026-10-30', '2026-11-02']] as const) {
    t.equal(at(lastSummerDay, '16:00'), `${lastSummerDay}T20:00:00.000Z`)
    t.equal(at(firstWinterDay, '16:00'), `${firstWinterDay}T21:00:00.000Z`)
  }
})

await t.test('an hour shown twice means its first showing', async (t) => {
  t.equal(at('2016-11-06', '00:59'), '2016-11-06T04:59:00.000Z')
  t.equal(at('2016-11-06', '01:30'), '2016-11-06T05:30:00.000Z')
  t.equal(at('2016-11-06', '02:00'), '2016-11-06T07:00:00.000Z')
})

await t.test('an hour that is skipped means the time had the clock not been moved', async (t) => {
  t.equal(at('2017-03-12', '01:59'), '2017-03-12T06:59:00.000Z')
  t.equal(at('2017-03-12', '02:30'), '2017-03-12T07:30:00.000Z')
  t.equal(at('2017-03-12', '03:00'), '2017-03-12T07:00:00.000Z')
})

await t.test('the wall clock turns at the very second', async (t) => {
  const wall = (iso: string): string => Object.values(wallTime(new Date(iso), NEW_YORK)).join(' ')
  t.equal(wall('2017-03-12T06:59:59Z'), '2017-03-12 01:59:59')
  t.equal(wall('2017-03-12T07:00:00Z'), '2017-03-12 03:00:00')
  t.equal(wall('2016-11-06T05:59:59.999Z'), '2016-11-06 01:59:59')
  t.equal(wall('2016-11-06T06:00:00Z'), '2016-11-06 01:00:00')
  t.equal(wall('2017-01-01T04:59:59Z'), '2016-12-31 23:59:59')
})

await t.test('zones of half and quarter hours, south of the equator and across the date line', async (t) => {
  t.equal(at('2026-01-15', '09:15', 'Asia/Kolkata'), '2026-01-15T03:45:00.000Z')
  t.equal(at('2026-01-15', '10:00', 'Asia/Kathmandu'), '2026-01-15T04:15:00.000Z')
  t.equal(at('2026-01-15', '10:00', 'Australia/Sydney'), '2026-01-14T23:00:00.000Z')
  t.equal(at('2026-07-15', '10:00', 'Australia/Sydney'), '2026-07-15T00:00:00.000Z')
  t.equal(at('2026-01-15', '10:00', 'Pacific/Kiritimati'), '2026-01-14T20:00:00.000Z')
})

await t.test('instants and wall clocks agree with Intl at any second of fifty years, in any zone', async (t) => {
  const zones = [NEW_YORK, 'America/Toronto', 'Europe/London', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kathmandu', 'UTC']
  const [first, last] = [Date.UTC(1990, 0, 1) / 1000, Date.UTC(2040, 0, 1) / 1000]
  t.doesNotThrow(() => fc.assert(
    fc.property(fc.integer({ min: first, max: last }), fc.constantFrom(...zones), (second, zone) => {
      const instant = new Date(second * 1000)
      const { date, time } = wallTime(instant, zone)
      const expected = instant.toLocaleString('sv-SE', { timeZone: zone })
      return `${date} ${time}` === expected
    }),
    { numRuns: inputs(t, 2000), seed: SEED },
  ))
  t.doesNotThrow(() => fc.assert(
    fc.property(fc.integer({ min: first / 86_400, max: last / 86_400 }), fc.integer({ min: 0, max: 1439 }), fc.constantFrom(...zones), (day, minute, zone) => {
      const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
      const date = fromDayNumber(day)
      const wall = wallTime(instantOf(date, time, zone), zone)
      const skipped = Date.parse(`${wall.date}T${wall.time}Z`) - Date.parse(`${date}T${time}Z`)
      return skipped === 0 || skipped === 3_600_000 || skipped === 1_800_000
    }),
    { numRuns: inputs(t, 2000), seed: SEED },
  ))
})
