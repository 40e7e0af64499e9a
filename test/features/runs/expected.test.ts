import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { countedOf, Expectations, isShort } from '../../../lib/features/runs/expected.js'

const calendar = createCalendar(DEFAULT_EXCHANGE)
const range = (start: string, end = start) => ({ start: isoDate(start), end: isoDate(end) })
const expected = (name: TimespanName, now: string, ...ranges: ReturnType<typeof range>[]) => [...new Expectations(calendar, new Date(now)).times(timespanNamed(name), ranges)]
const LATER = '2026-06-30T12:00:00Z'

/** Wednesday, Thanksgiving, and Friday until 13:00. */
const THANKSGIVING = range('2025-11-26', '2025-11-28')

await t.test('a session has seven hours that touch it, one that closes at 13:00 four', async (t) => {
  t.same(expected('hour', LATER, THANKSGIVING), [
    '2025-11-26T14:00:00.000Z', '2025-11-26T15:00:00.000Z', '2025-11-26T16:00:00.000Z', '2025-11-26T17:00:00.000Z', '2025-11-26T18:00:00.000Z', '2025-11-26T19:00:00.000Z', '2025-11-26T20:00:00.000Z',
    '2025-11-28T14:00:00.000Z', '2025-11-28T15:00:00.000Z', '2025-11-28T16:00:00.000Z', '2025-11-28T17:00:00.000Z',
  ])
  t.same(expected('hour', LATER, range('2025-07-07')).map((time) => time.slice(11, 13)), ['13', '14', '15', '16', '17', '18', '19'], 'in summer')
  t.equal(expected('hour', LATER, range('2025-11-07', '2025-11-10')).length, 14)
})

await t.test('a session has 390 minutes, one that closes at 13:00 has 210', async (t) => {
  const minutes = expected('minute', LATER, THANKSGIVING)
  t.equal(minutes.length, 600)
  t.same([minutes[0], minutes[389], minutes[390], minutes[599]], ['2025-11-26T14:30:00.000Z', '2025-11-26T20:59:00.000Z', '2025-11-28T14:30:00.000Z', '2025-11-28T17:59:00.000Z'])
})

await t.test('days are those with sessions', async (t) => {
  t.same(expected('day', LATER, THANKSGIVING), ['2025-11-26', '2025-11-28'])
  t.same(expected('day', LATER, range('2025-11-29', '2025-11-30')), [])
})

await t.test('weeks and months are those that begin in the range', async (t) => {
  // 90 days up to Friday 2025-11-14: 13 weeks less Labor Day.
  const days90 = range('2025-08-17', '2025-11-14')
  t.equal(expected('day', LATER, days90).length, 64)
  t.equal(expected('week', LATER, days90).length, 13)
  t.same(expected('month', LATER, days90), ['2025-09-01', '2025-10-01', '2025-11-01'])
  t.same(expected('week', LATER, range('2025-11-12', '2025-11-20')), ['2025-11-16'], 'from a Wednesday')
})

await t.test('or the one that all of the range is in', async (t) => {
  t.same(expected('week', LATER, range('2025-11-12', '2025-11-13')), ['2025-11-09'])
  t.same(expected('month', LATER, range('2025-11-12', '2025-11-13')), ['2025-11-01'])
  t.same(expected('month', LATER, range('2025-10-20', '2025-11-01')), ['2025-10-01'], 'November has begun, on a Saturday, but had no session')
  t.same(expected('week', LATER, range('2025-11-29', '2025-11-30')), [], 'without a session nothing')
})

await t.test('nothing is expected of sessions that have not closed', async (t) => {
  t.equal(expected('hour', '2025-11-28T17:59:59Z', THANKSGIVING).length, 7)
  t.equal(expected('hour', '2025-11-28T18:00:00Z', THANKSGIVING).length, 11)
  t.same(expected('day', '2025-11-28T17:59:59Z', THANKSGIVING), ['2025-11-26'])
  t.same(expected('week', '2025-11-24T20:59:59Z', range('2025-11-20', '2025-11-24')), ['2025-11-16'], 'the week of the 23rd had no session yet')
  t.same(expected('week', '2025-11-24T21:00:00Z', range('2025-11-20', '2025-11-24')), ['2025-11-23'])
  t.same(expected('minute', '2025-11-26T20:00:00Z', range('2025-11-26')), [])
})

await t.test('dates without a symbol count for nothing, a change of symbols for nothing either', async (t) => {
  const [before, after] = [range('2022-05-30', '2022-06-08'), range('2022-06-09', '2022-06-17')]
  t.same(expected('week', LATER, before, after), ['2022-06-05', '2022-06-12'])
  // 2022-05-30 is Memorial Day.
  t.equal(expected('day', LATER, before, after).length, 14)
  t.equal(expected('day', LATER, after).length, 7)
})

await t.test('what is remembered of a range is not that of another', async (t) => {
  const expectations = new Expectations(calendar, new Date(LATER))
  for (let again = 0; again < 2; again++) {
    for (let day = 1; day <= 150; day++) {
      const { start } = range(`2025-0${1 + (day % 9)}-${String(1 + (day % 28)).padStart(2, '0')}`)
      const one = [...expectations.times(timespanNamed('day'), [{ start, end: start }])]
      t.same(one, calendar.session(start) ? [start] : [])
    }
  }
})

await t.test('of the bars there are only those expected count, and under nine of ten is short', async (t) => {
  const hours = new Set(expected('hour', LATER, range('2025-11-26')))
  t.equal(countedOf(hours, new Set([...hours, '2025-11-26T09:00:00.000Z', '2025-11-26T21:00:00.000Z'])), 7, 'extended hours do not')
  t.equal(countedOf(hours, new Set()), 0)
  for (const [counted, all, short] of [[13, 13, false], [12, 13, false], [11, 13, true], [9, 10, false], [0, 1, true], [0, 0, false], [2, 3, true]] as const) t.equal(isShort(counted, all), short, `${counted} of ${all}`)
})
