import t from 'tap'
import { createCalendar, type CalendarOverride } from '../../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../../lib/calendar/exchanges.js'
import { isoDate } from '../../../../lib/domain/dates.js'
import { nextWindow, tickAfter } from '../../../../lib/features/fetch/poll/schedule.js'

const ms = (instant: string): number => Date.parse(instant)
const text = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z')

/** The next window as `date start end`. */
function next(now: string, { extended = false, done, overrides = [] }: { extended?: boolean; done?: string; overrides?: CalendarOverride[] } = {}): string {
  const { date, start, end } = nextWindow(createCalendar(DEFAULT_EXCHANGE, overrides), ms(now), extended, done === undefined ? undefined : isoDate(done))
  return `${date} ${text(start)} ${text(end)}`
}

// 2026-11-20 is a Friday; New York's clock is five hours behind UTC.
const FRIDAY = '2026-11-20 2026-11-20T14:30:05Z 2026-11-20T21:01:05Z'
const MONDAY = '2026-11-23 2026-11-23T14:30:05Z 2026-11-23T21:01:05Z'

await t.test('a session is polled from five seconds after its open until a minute and five seconds after its close', async (t) => {
  t.equal(next('2026-11-20T05:00:00Z'), FRIDAY, 'from midnight in New York on it is the next one')
  t.equal(next('2026-11-20T15:00:00Z'), FRIDAY)
  t.equal(next('2026-11-20T23:00:00Z'), FRIDAY, 'one that was missed today is not passed over')
  t.equal(next('2026-11-21T04:59:59Z'), FRIDAY, 'until the day is over in New York')
  t.equal(next('2026-11-20T21:01:05Z', { done: '2026-11-20' }), MONDAY, 'one that is done is not polled twice')
  t.equal(next('2026-11-20T14:00:00Z', { done: '2026-11-20' }), MONDAY, 'though the clock was set back')
})

await t.test('weekends and holidays are slept through, and an early close ends the session', async (t) => {
  t.equal(next('2026-11-21T05:00:00Z'), MONDAY)
  t.equal(next('2026-11-22T12:00:00Z'), MONDAY)
  t.equal(next('2026-11-26T15:00:00Z'), '2026-11-27 2026-11-27T14:30:05Z 2026-11-27T18:01:05Z', 'Thanksgiving, and the early close after it')
  const closed: CalendarOverride[] = [{ date: isoDate('2026-11-23'), kind: 'closed', closes: null, reason: 'mourning' }]
  t.equal(next('2026-11-21T12:00:00Z', { overrides: closed }), '2026-11-24 2026-11-24T14:30:05Z 2026-11-24T21:01:05Z', 'a closure that the user keeps')
})

await t.test('the open is the same by the clock of New York on both sides of a clock change', async (t) => {
  t.equal(next('2026-03-06T15:00:00Z'), '2026-03-06 2026-03-06T14:30:05Z 2026-03-06T21:01:05Z')
  t.equal(next('2026-03-07T15:00:00Z'), '2026-03-09 2026-03-09T13:30:05Z 2026-03-09T20:01:05Z')
  t.equal(next('2026-10-31T15:00:00Z'), '2026-11-02 2026-11-02T14:30:05Z 2026-11-02T21:01:05Z')
})

await t.test('with extended hours it is polled from four in the morning until four hours after the close', async (t) => {
  const extended = true
  t.equal(next('2026-11-20T05:00:00Z', { extended }), '2026-11-20 2026-11-20T09:00:05Z 2026-11-21T01:01:05Z')
  t.equal(next('2026-11-27T12:00:00Z', { extended }), '2026-11-27 2026-11-27T09:00:05Z 2026-11-27T22:01:05Z', 'on a day with an early close')
})

await t.test('after the last year that the calendar knows it says so', async (t) => {
  t.throws(() => next('2036-12-31T23:00:00Z', { done: '2036-12-31' }), { code: 'CALENDAR_RANGE' })
})

const window = nextWindow(createCalendar(DEFAULT_EXCHANGE), ms('2026-11-20T12:00:00Z'), false, undefined)
/** The tick after one that began and ended then, as `time skipped`. */
function after(seconds: number, begun: string, ended = begun): string {
  const { at, skipped } = tickAfter(window, seconds * 1000, ms(`2026-11-20T${begun}Z`), ms(`2026-11-20T${ended}Z`))
  return `${text(at).slice(11, 19)} ${skipped}`
}

await t.test('ticks are whole intervals after the first, whenever the one before began', async (t) => {
  t.equal(after(30, '14:30:05', '14:30:06'), '14:30:35 0')
  t.equal(after(30, '14:44:44'), '14:45:05 0')
  t.equal(after(3600, '14:30:05'), '15:30:05 0')
  t.equal(after(1, '14:30:05', '14:30:05.3'), '14:30:06 0')
})

await t.test('a tick that takes longer than the interval has those left out that it overlaps', async (t) => {
  t.equal(after(30, '14:30:05', '14:30:34.999'), '14:30:35 0')
  t.equal(after(30, '14:30:05', '14:30:35'), '14:31:05 1')
  t.equal(after(30, '14:30:05', '14:32:00'), '14:32:05 3')
})

await t.test('a timer that ends a little before its time by the clock does not make two ticks of one', async (t) => {
  t.equal(after(30, '14:30:34.950', '14:30:34.960'), '14:31:05 0')
  t.equal(after(1, '14:30:34.950', '14:30:34.960'), '14:30:36 0')
})

await t.test('the last tick is a minute after the close, however long the interval is', async (t) => {
  t.equal(after(30, '21:00:35'), '21:01:05 0')
  t.equal(after(3600, '20:30:05'), '21:01:05 0')
  t.equal(after(45, '21:00:50'), '21:01:05 0')
})

await t.test('a clock that is set back before the open has the next tick at the open', async (t) => {
  t.equal(after(30, '13:00:00'), '14:30:05 0')
})
