import t from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { lastSessions, publication } from '../../lib/calendar/publication.js'
import { isoDate } from '../../lib/domain/dates.js'

const calendar = createCalendar(DEFAULT_EXCHANGE)
const rule = { publishedAt: '11:00', missingAfter: 24 }

function due(date: string, options = rule): string[] {
  const { due, missingFrom } = publication(calendar, isoDate(date), options)
  return [due.toISOString(), missingFrom.toISOString()]
}

function last(count: number, now: string): string[] {
  return lastSessions(calendar, count, new Date(now)).map(({ date }) => date)
}

await t.test('a file is due at eleven in New York on the next calendar day, and missing a day after', async (t) => {
  t.same(due('2016-11-22'), ['2016-11-23T16:00:00.000Z', '2016-11-24T16:00:00.000Z'], 'winter')
  t.same(due('2016-07-05'), ['2016-07-06T15:00:00.000Z', '2016-07-07T15:00:00.000Z'], 'summer')
  t.same(due('2016-11-25'), ['2016-11-26T16:00:00.000Z', '2016-11-27T16:00:00.000Z'], 'a Friday file on Saturday')
})

await t.test('a file is due over the end of a month, of February in a leap year, and of a year', async (t) => {
  t.same(due('2016-10-31'), ['2016-11-01T15:00:00.000Z', '2016-11-02T15:00:00.000Z'])
  t.same(due('2024-02-28'), ['2024-02-29T16:00:00.000Z', '2024-03-01T16:00:00.000Z'])
  t.same(due('2024-12-31'), ['2025-01-01T16:00:00.000Z', '2025-01-02T16:00:00.000Z'])
})

await t.test('a file is due by the wall clock when clocks are set, and the hours of grace are real hours', async (t) => {
  t.same(due('2017-03-10'), ['2017-03-11T16:00:00.000Z', '2017-03-12T16:00:00.000Z'], 'grace ends at 12:00 summer time')
  t.same(due('2017-03-11'), ['2017-03-12T15:00:00.000Z', '2017-03-13T15:00:00.000Z'])
  t.same(due('2016-11-04'), ['2016-11-05T15:00:00.000Z', '2016-11-06T15:00:00.000Z'], 'grace ends at 10:00 winter time')
  t.same(due('2016-11-05'), ['2016-11-06T16:00:00.000Z', '2016-11-07T16:00:00.000Z'])
  t.same(due('2017-03-11', { publishedAt: '02:30', missingAfter: 0 }), ['2017-03-12T07:30:00.000Z', '2017-03-12T07:30:00.000Z'], 'a skipped hour')
})

await t.test('hour and grace are settings', async (t) => {
  t.same(due('2016-11-22', { publishedAt: '00:00', missingAfter: 0 }), ['2016-11-23T05:00:00.000Z', '2016-11-23T05:00:00.000Z'])
  t.same(due('2016-11-22', { publishedAt: '23:59', missingAfter: 48 }), ['2016-11-24T04:59:00.000Z', '2016-11-26T04:59:00.000Z'])
})

await t.test('a session counts among the last from the very moment it closes', async (t) => {
  t.same(last(1, '2016-11-23T20:59:59.999Z'), ['2016-11-22'])
  t.same(last(1, '2016-11-23T21:00:00Z'), ['2016-11-23'])
  t.same(last(1, '2016-11-25T17:59:59Z'), ['2016-11-23'], 'Thanksgiving lies between')
  t.same(last(1, '2016-11-25T18:00:00Z'), ['2016-11-25'], 'an early close at 13:00')
})

await t.test('the last sessions are counted from the exchange\'s date, over weekends and holidays', async (t) => {
  t.same(last(3, '2016-11-28T03:00:00Z'), ['2016-11-22', '2016-11-23', '2016-11-25'], 'Sunday night in New York')
  t.same(last(3, '2016-11-24T16:00:00Z'), ['2016-11-21', '2016-11-22', '2016-11-23'], 'on Thanksgiving')
  t.same(last(2, '2017-01-01T04:59:59Z'), ['2016-12-29', '2016-12-30'], 'still 2016 in New York')
  t.same(last(2, '2017-01-03T22:00:00Z'), ['2016-12-30', '2017-01-03'])
  t.equal(last(252, '2026-11-21T12:00:00Z').length, 252)
})

await t.test('more sessions than the calendar knows, or a clock past it, are refused', async (t) => {
  t.throws(() => last(2, '1990-01-03T14:00:00Z'), { code: 'CALENDAR_RANGE' })
  t.throws(() => last(1, '2037-01-05T14:00:00Z'), { code: 'CALENDAR_RANGE', hint: 'a newer release knows later years' })
})
