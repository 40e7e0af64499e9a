import type { Test } from 'tap'
import { createCalendar, isWeekend, type Session } from '../../lib/calendar/calendar.js'
import { HORIZON, type Exchange } from '../../lib/calendar/exchange.js'
import { addDays, datesOf, isIsoDate, weekday } from '../../lib/domain/dates.js'
import { wallTime } from '../../lib/domain/zone.js'

/** What is wrong, as one sentence for each case, so that a failing test names the dates. */
function wrong<T>(items: Iterable<T>, isWrong: (item: T) => unknown, describe: (item: T) => string): string[] {
  return [...items].filter(isWrong).map(describe)
}

const dateOf = ({ date }: { date: string }): string => date

/** What must hold for every exchange, over its whole range. */
export async function testExchange(t: Test, exchange: Exchange): Promise<void> {
  const calendar = createCalendar(exchange)
  const dates = [...datesOf(calendar.range)]
  const sessions = calendar.sessions(calendar.range)
  const closures = dates.flatMap((date) => calendar.closure(date) ?? [])
  const { zone, hours } = exchange

  await t.test(`${exchange.code} names itself, its zone, its range and its regular hours`, async (t) => {
    t.match(exchange.code, /^[A-Z0-9]{4}$/)
    t.match(wallTime(new Date(0), zone).time, /^\d\d:\d\d:\d\d$/, 'an IANA zone')
    t.match(exchange.range.start, /^\d{4}-01-01$/, 'whole years')
    t.equal(exchange.range.end, HORIZON)
    t.match(`${hours.opens} ${hours.closes}`, /^[01]\d:[0-5]\d [012]\d:[0-5]\d$/)
  })

  await t.test(`${exchange.code} gives every rule and every special day a name and a source`, async (t) => {
    const { holidays, earlyCloses, closures, adHocHours } = exchange
    const rules = [...holidays, ...earlyCloses]
    t.same(wrong(rules, ({ name, source }) => !name || !source, ({ name }) => name), [])
    t.same(wrong([...closures, ...adHocHours], ({ reason, source }) => !reason || !source, dateOf), [])
  })

  await t.test(`${exchange.code} has its single days on real weekdays of its range, each once and none in vain`, async (t) => {
    const single = [...exchange.closures, ...exchange.adHocHours]
    t.same(wrong(single, ({ date }) => !isIsoDate(date) || isWeekend(date) || date < exchange.range.start || date > exchange.range.end, dateOf), [])
    t.equal(new Set(single.map(dateOf)).size, single.length)
    const byRule = createCalendar({ ...exchange, closures: [], adHocHours: [] })
    t.same(wrong(exchange.closures, ({ date }) => !isIsoDate(date) || !byRule.session(date), dateOf), [], 'a closure the rules know already')
    t.same(wrong(exchange.adHocHours, ({ date }) => !isIsoDate(date) || !byRule.session(date), dateOf), [], 'hours on a day the rules close')
  })

  await t.test(`${exchange.code} opens or closes every weekday, and no weekend`, async (t) => {
    t.same(wrong(sessions, ({ date }) => isWeekend(date), dateOf), [])
    t.same(wrong(closures, ({ date }) => isWeekend(date), dateOf), [])
    const weekdays = dates.filter((date) => weekday(date) >= 1 && weekday(date) <= 5)
    t.same([...sessions, ...closures].map(dateOf).sort(), weekdays)
    t.same(wrong(closures, ({ date, reason }) => calendar.session(date) ?? reason === '', dateOf), [])
  })

  await t.test(`${exchange.code} has sessions in order that do not overlap`, async (t) => {
    const pairs = sessions.slice(1).map((session, index): [Session, Session] => [sessions[index] as Session, session])
    t.same(wrong(pairs, ([a, b]) => a.date >= b.date || a.close >= b.open, ([, b]) => b.date), [])
    t.same(wrong(sessions, ({ open, close }) => open >= close, dateOf), [])
  })

  await t.test(`${exchange.code} opens and closes on the session's own date in exchange time, at regular hours unless it says why not`, async (t) => {
    const clock = ({ open, close }: Session): string => [wallTime(open, zone), wallTime(close, zone)].map(({ date, time }) => `${date} ${time}`).join(' ')
    const regular = (date: string): string => `${date} ${hours.opens}:00 ${date} ${hours.closes}:00`
    t.same(wrong(sessions, ({ date, open, close }) => wallTime(open, zone).date !== date || wallTime(close, zone).date !== date, dateOf), [])
    t.same(wrong(sessions, (session) => (clock(session) === regular(session.date)) === (session.reason !== undefined), dateOf), [])
    t.same(wrong(sessions, ({ date, close, early }) => early !== (wallTime(close, zone).time < `${hours.closes}:00` && wallTime(close, zone).date === date), dateOf), [])
  })

  await t.test(`${exchange.code} goes to the next session and back`, async (t) => {
    const inner = sessions.slice(1, -1)
    t.same(wrong(inner, ({ date }) => calendar.previous(calendar.next(date).date).date !== date, dateOf), [])
    t.same(wrong(inner, ({ date }) => calendar.next(calendar.previous(date).date).date !== date, dateOf), [])
    t.same(wrong(closures.slice(1, -1), ({ date }) => !(calendar.previous(date).date < date && date < calendar.next(date).date), dateOf), [])
  })

  await t.test(`${exchange.code} has between 245 and 256 sessions a year`, async (t) => {
    const years = new Map<string, number>()
    for (const { date } of sessions) years.set(date.slice(0, 4), (years.get(date.slice(0, 4)) ?? 0) + 1)
    t.same(wrong(years, ([, count]) => count < 245 || count > 256, ([year, count]) => `${year}: ${count}`), [])
  })

  await t.test(`${exchange.code} refuses dates it does not know rather than calling them closed`, async (t) => {
    const refused = { code: 'CALENDAR_RANGE', name: 'UsageError' }
    const [before, after] = [addDays(calendar.range.start, -1), addDays(calendar.range.end, 1)]
    for (const date of [before, after]) {
      t.throws(() => calendar.session(date), refused)
      t.throws(() => calendar.closure(date), refused)
      t.throws(() => calendar.next(date), refused)
      t.throws(() => calendar.previous(date), refused)
    }
    t.throws(() => calendar.sessions({ start: before, end: calendar.range.end }), refused)
    t.throws(() => calendar.sessions({ start: calendar.range.start, end: after }), refused)
    t.throws(() => calendar.previous(calendar.range.start), refused, 'no session before the first day')
    t.throws(() => calendar.next(calendar.range.end), refused, 'no session after the last day')
  })
}
