import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { marksOf } from '../../../lib/features/fetch/marks.js'

const calendar = createCalendar(DEFAULT_EXCHANGE)

/** What is marked of the periods that begin at these instants, asked for at another: `regular`, `partial`, and why there can be none. */
function marked(name: TimespanName, start: string, end: string, pulledAt: string, instants: readonly string[], settlesHours = 0): string[] {
  const timespan = timespanNamed(name)
  const periods = timespan.periods({ start: isoDate(start), end: isoDate(end) })
  const marks = marksOf(timespan, periods, calendar, new Date(pulledAt), settlesHours)
  return instants.map((instant) => {
    const slot = periods.slot(BigInt(Date.parse(instant)) * 1_000_000n)!
    return [marks.regular(slot) && 'regular', marks.partial(slot) && 'partial', marks.fault(slot)].filter(Boolean).join(' ')
  })
}

// 2025-11-26 is a Wednesday, the 27th Thanksgiving; on the 28th the exchange closes at 13:00, which is 18:00 UTC.
await t.test('hours are regular that touch the session, and a closed day has none', async (t) => {
  t.same(marked('hour', '2025-11-26', '2025-11-28', '2025-12-01T12:00:00Z', [
    '2025-11-26T13:00:00Z', '2025-11-26T14:00:00Z', '2025-11-26T20:00:00Z', '2025-11-26T21:00:00Z', '2025-11-27T15:00:00Z', '2025-11-28T14:00:00Z', '2025-11-28T17:00:00Z', '2025-11-28T18:00:00Z',
  ]), ['', 'regular', 'regular', '', 'closed_day', 'regular', 'regular', ''])
})

await t.test('an hour that was not over when asked for is partial, one that had not begun is none', async (t) => {
  const at = (pulledAt: string) => marked('hour', '2025-11-28', '2025-11-29', pulledAt, ['2025-11-28T15:00:00Z', '2025-11-28T16:00:00Z', '2025-11-28T17:00:00Z', '2025-11-29T16:00:00Z'])
  t.same(at('2025-11-28T16:30:00Z'), ['regular', 'regular partial', 'regular partial in_future', 'partial in_future'])
  t.same(at('2025-11-28T17:00:00Z'), ['regular', 'regular', 'regular partial', 'partial in_future'], 'one that begins now has begun')
  t.same(at('2025-11-30T12:00:00Z'), ['regular', 'regular', 'regular', 'closed_day'])
})

await t.test('minutes are marked alike', async (t) => {
  t.same(marked('minute', '2025-11-28', '2025-11-29', '2025-11-28T17:59:30Z', ['2025-11-28T14:29:00Z', '2025-11-28T14:30:00Z', '2025-11-28T17:58:00Z', '2025-11-28T17:59:00Z', '2025-11-28T18:00:00Z']),
    ['', 'regular', 'regular', 'regular partial', 'partial in_future'])
})

await t.test('a day is partial until its session has closed, and has to have one', async (t) => {
  const at = (pulledAt: string) => marked('day', '2025-11-26', '2025-11-29', pulledAt, ['2025-11-26T05:00:00Z', '2025-11-27T05:00:00Z', '2025-11-28T05:00:00Z', '2025-11-29T05:00:00Z'])
  t.same(at('2025-11-28T17:59:59Z'), ['regular', 'regular closed_day', 'regular partial', 'regular partial in_future'])
  t.same(at('2025-11-28T18:00:00Z'), ['regular', 'regular closed_day', 'regular', 'regular partial in_future'], 'at 13:00')
  t.same(at('2025-12-01T18:00:00Z'), ['regular', 'regular closed_day', 'regular', 'regular closed_day'])
})

await t.test('a week and a month are partial until their last session has closed, whatever days they begin on', async (t) => {
  const week = (pulledAt: string) => marked('week', '2025-11-20', '2025-12-03', pulledAt, ['2025-11-16T05:00:00Z', '2025-11-23T05:00:00Z', '2025-11-30T05:00:00Z'])
  t.same(week('2025-11-28T17:59:59Z'), ['regular', 'regular partial', 'regular partial in_future'])
  t.same(week('2025-11-28T18:00:00Z'), ['regular', 'regular', 'regular partial in_future'])
  t.same(week('2025-11-30T05:00:00Z'), ['regular', 'regular', 'regular partial'], 'on Sunday at midnight the next begins')
  const month = (pulledAt: string) => marked('month', '2025-10-20', '2025-11-28', pulledAt, ['2025-10-01T04:00:00Z', '2025-11-01T04:00:00Z'])
  t.same(month('2025-10-31T19:59:59Z'), ['regular partial', 'regular partial in_future'])
  t.same(month('2025-10-31T20:00:00Z'), ['regular', 'regular partial in_future'])
  t.same(month('2025-11-28T17:59:59Z'), ['regular', 'regular partial'])
  t.same(month('2025-11-28T18:00:00Z'), ['regular', 'regular'], 'the last session of November is on Friday the 28th')
})

await t.test('a week may begin before the calendar does', async (t) => {
  t.equal(calendar.range.start, '1990-01-01', 'a Monday')
  t.same(marked('week', '1990-01-02', '1990-01-05', '2025-11-28T12:00:00Z', ['1989-12-31T05:00:00Z']), ['regular'])
})
