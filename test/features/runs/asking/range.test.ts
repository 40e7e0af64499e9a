import t from 'tap'
import { createCalendar } from '../../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../../lib/calendar/exchanges.js'
import { isoDate } from '../../../../lib/domain/dates.js'
import { fetchRange } from '../../../../lib/features/runs/asking/range.js'
import type { AskedDates } from '../../../../lib/features/runs/request-fields.js'

const calendar = createCalendar(DEFAULT_EXCHANGE)
const on = (now: string, dates: AskedDates): string => {
  const { start, end } = fetchRange(dates, calendar, new Date(now))
  return `${start} ${end}`
}

/** 2025-11-10 is a Monday; New York's clock is five hours behind UTC. */
const MONDAY_EVENING = '2025-11-10T22:00:00Z'
const SATURDAY = '2025-11-15T12:00:00Z'

await t.test('days are the last so many up to the latest session that has closed', async (t) => {
  t.equal(on(SATURDAY, { days: 1 }), '2025-11-14 2025-11-14')
  t.equal(on(SATURDAY, { days: 2 }), '2025-11-13 2025-11-14')
  t.equal(on(SATURDAY, { days: 5 }), '2025-11-10 2025-11-14')
  t.equal(on(SATURDAY, { days: 7 }), '2025-11-08 2025-11-14', 'with five sessions')
  t.equal(on(SATURDAY, { days: 90 }), '2025-08-17 2025-11-14')
  t.equal(on('2025-11-11T20:59:59Z', { days: 1 }), '2025-11-10 2025-11-10', 'a session that has not closed is none yet')
  t.equal(on('2025-11-11T21:00:00Z', { days: 1 }), '2025-11-11 2025-11-11')
})

await t.test('and never fewer sessions than days, up to five, after a weekend or a holiday', async (t) => {
  t.equal(on(MONDAY_EVENING, { days: 1 }), '2025-11-10 2025-11-10')
  t.equal(on(MONDAY_EVENING, { days: 2 }), '2025-11-07 2025-11-10', 'Friday and Monday')
  t.equal(on(MONDAY_EVENING, { days: 3 }), '2025-11-06 2025-11-10')
  t.equal(on(MONDAY_EVENING, { days: 5 }), '2025-11-04 2025-11-10')
  t.equal(on(MONDAY_EVENING, { days: 6 }), '2025-11-04 2025-11-10', 'six are no fewer than five')
  t.equal(on(MONDAY_EVENING, { days: 8 }), '2025-11-03 2025-11-10')
  // Martin Luther King's day is Monday 2026-01-19.
  t.equal(on('2026-01-20T22:00:00Z', { days: 2 }), '2026-01-16 2026-01-20')
  t.equal(on('2026-01-20T22:00:00Z', { days: 5 }), '2026-01-13 2026-01-20')
  // Thanksgiving is Thursday 2025-11-27; on Friday the exchange closes at 13:00.
  t.equal(on('2025-11-28T18:00:00Z', { days: 2 }), '2025-11-26 2025-11-28')
  t.equal(on('2025-11-28T17:59:59Z', { days: 2 }), '2025-11-25 2025-11-26')
})

await t.test('years are of 365 days, those of few days as days', async (t) => {
  t.equal(on(MONDAY_EVENING, { years: 0.0027 }), '2025-11-10 2025-11-10')
  t.equal(on(MONDAY_EVENING, { years: 0.005479 }), '2025-11-07 2025-11-10')
  t.equal(on(SATURDAY, { years: 0.005479 }), '2025-11-13 2025-11-14')
  t.equal(on(SATURDAY, { years: 1 }), '2024-11-14 2025-11-14')
  t.equal(on(SATURDAY, { years: 0.5 }), '2025-05-16 2025-11-14', '182 days before')
})

await t.test('a range is taken as it is, up to now', async (t) => {
  t.equal(on(SATURDAY, { start: isoDate('2021-01-19'), end: isoDate('2025-01-19') }), '2021-01-19 2025-01-19')
  t.equal(on(SATURDAY, { start: isoDate('2021-01-19'), end: null }), '2021-01-19 2025-11-14')
  t.equal(on(SATURDAY, { start: isoDate('2025-11-10'), end: isoDate('2026-12-31') }), '2025-11-10 2025-11-15')
  t.equal(on('2025-11-12T18:00:00Z', { start: isoDate('2025-11-10'), end: isoDate('2025-11-12') }), '2025-11-10 2025-11-12', 'today\'s session may be running')
  const refused = (now: string, start: string, end: string | null) => () => fetchRange({ start: isoDate(start), end: end === null ? null : isoDate(end) }, calendar, new Date(now))
  t.throws(refused('2025-11-15T03:00:00Z', '2025-11-15', '2025-11-15'), { code: 'DATES_IN_FUTURE', message: '2025-11-15 is yet to come: today is 2025-11-14' }, 'today is New York\'s')
  t.throws(refused(SATURDAY, '2025-11-15', null), { code: 'DATES_BACKWARDS' })
  t.throws(refused(SATURDAY, '1989-12-31', '2025-11-14'), { code: 'DATES_BEYOND_CALENDAR' })
  t.throws(() => fetchRange({ years: 100 }, calendar, new Date(SATURDAY)), { code: 'DATES_BEYOND_CALENDAR' })
})
