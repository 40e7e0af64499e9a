import t from 'tap'
import { createCalendar, type Calendar, type CalendarOverride } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES, exchangeNamed } from '../../lib/calendar/exchanges.js'
import { XNYS } from '../../lib/calendar/exchanges/xnys.js'
import { XTSE } from '../../lib/calendar/exchanges/xtse.js'
import { isoDate } from '../../lib/domain/dates.js'

function withOverride(date: string, kind: CalendarOverride['kind'], closes: string | null = null): Calendar {
  return createCalendar(XNYS, [{ date: isoDate(date), kind, closes, reason: 'Announced yesterday' }])
}

await t.test('an exchange is found by its code or by that of one that keeps the same days, and no two by one', async (t) => {
  t.same(EXCHANGE_CODES, [...new Set(EXCHANGE_CODES)])
  t.same(['XNYS', 'XNAS', 'XTSE', 'xnys', ''].map(exchangeNamed), [XNYS, XNYS, XTSE, undefined, undefined])
  t.equal(DEFAULT_EXCHANGE, XNYS)
})

await t.test('a closure kept by the user closes a session, and the days around it meet', async (t) => {
  const calendar = withOverride('2026-12-09', 'closed')
  t.equal(calendar.session(isoDate('2026-12-09')), undefined)
  t.same(calendar.closure(isoDate('2026-12-09')), { date: '2026-12-09', reason: 'Announced yesterday' })
  t.equal(calendar.next(isoDate('2026-12-08')).date, '2026-12-10')
  t.equal(calendar.previous(isoDate('2026-12-10')).date, '2026-12-08')
  t.same(calendar.sessions({ start: isoDate('2026-12-07'), end: isoDate('2026-12-11') }).map(({ date }) => date), ['2026-12-07', '2026-12-08', '2026-12-10', '2026-12-11'])
})

await t.test('an early close kept by the user shortens a session, also one the rules shorten otherwise', async (t) => {
  for (const date of ['2026-12-09', '2026-12-24'] as const) {
    t.match(withOverride(date, 'early', '12:00').session(isoDate(date)), { close: new Date(`${date}T17:00:00Z`), early: true, reason: 'Announced yesterday' })
  }
})

await t.test('an opening kept by the user makes a full session of a holiday or an early close', async (t) => {
  for (const date of ['2026-11-26', '2026-11-27'] as const) {
    const calendar = withOverride(date, 'open')
    t.match(calendar.session(isoDate(date)), { open: new Date(`${date}T14:30:00Z`), close: new Date(`${date}T21:00:00Z`), early: false, reason: 'Announced yesterday' })
    t.equal(calendar.closure(isoDate(date)), undefined)
  }
})

await t.test('no override opens or closes a weekend', async (t) => {
  for (const kind of ['open', 'closed'] as const) {
    const calendar = withOverride('2026-12-12', kind)
    t.equal(calendar.session(isoDate('2026-12-12')), undefined)
    t.equal(calendar.closure(isoDate('2026-12-12')), undefined)
  }
})

await t.test('a range may be one day, and is empty where no session is', async (t) => {
  const calendar = createCalendar(XNYS)
  const only = (date: string): number => calendar.sessions({ start: isoDate(date), end: isoDate(date) }).length
  t.equal(only('2016-11-23'), 1)
  t.equal(only('2016-11-24'), 0)
  t.equal(only('2016-11-26'), 0)
})

await t.test('an error names the exchange, what it knows and what was asked', async (t) => {
  t.throws(() => createCalendar(XNYS).session(isoDate('1989-12-29')), {
    message: 'the calendar of XNYS knows 1990-01-01 to 2036-12-31, not 1989-12-29',
    hint: 'choose a date from 1990-01-01 on',
  })
})
