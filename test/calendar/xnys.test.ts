import t from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { XNYS } from '../../lib/calendar/exchanges/xnys.js'
import { isoDate } from '../../lib/domain/dates.js'
import { wallTime } from '../../lib/domain/zone.js'
import { testExchange } from './contract.js'

const calendar = createCalendar(XNYS)

/** What the calendar says of a date: why it is closed, or its hours in New York. */
function of(date: string): string {
  const day = isoDate(date)
  const session = calendar.session(day)
  if (!session) return `closed: ${calendar.closure(day)?.reason ?? 'weekend'}`
  const [opens, closes] = [session.open, session.close].map((instant) => wallTime(instant, 'America/New_York').time.slice(0, 5))
  return `${opens}-${closes}${session.reason === undefined ? '' : `: ${session.reason}`}`
}

await testExchange(t, XNYS)

// Copied by hand from the exchange's "Special Closings, 1885-date" (revised January 2011) unless a line says otherwise.
await t.test('every closure that no yearly rule explains', async (t) => {
  for (const [date, reason] of [
    ['1994-04-27', 'Funeral of President Nixon'],
    ['2001-09-11', 'Attack on the World Trade Center'],
    ['2001-09-12', 'Attack on the World Trade Center'],
    ['2001-09-13', 'Attack on the World Trade Center'],
    ['2001-09-14', 'Attack on the World Trade Center'],
    ['2004-06-11', 'Day of mourning for President Reagan'],
    ['2007-01-02', 'Day of mourning for President Ford'],
    // NYSE Euronext, 29 October 2012.
    ['2012-10-29', 'Hurricane Sandy'],
    ['2012-10-30', 'Hurricane Sandy'],
    // NYSE, 1 December 2018 and 30 December 2024.
    ['2018-12-05', 'Day of mourning for President George H. W. Bush'],
    ['2025-01-09', 'Day of mourning for President Carter'],
  ] as const) t.equal(of(date), `closed: ${reason}`, date)
  t.equal(of('2001-09-10'), '09:30-16:00')
  t.equal(of('2012-10-31'), '09:30-16:00')
})

await t.test('every early close of 1990 to 2010 as the exchange lists them', async (t) => {
  for (const [closes, dates] of [
    ['14:00', ['1990-12-24', '1991-12-24', '1992-11-27', '1992-12-24']],
    ['14:30', ['1994-02-11']],
    ['15:30', ['1997-10-27']],
    ['15:56', ['2005-06-01']],
    ['13:00', [
      '1993-11-26', '1994-11-25', '1995-07-03', '1995-11-24', '1996-07-05', '1996-11-29', '1996-12-24', '1997-07-03', '1997-11-28', '1997-12-24', '1997-12-26',
      '1998-11-27', '1998-12-24', '1999-11-26', '1999-12-31', '2000-07-03', '2000-11-24', '2001-07-03', '2001-11-23', '2001-12-24', '2002-07-05', '2002-11-29',
      '2002-12-24', '2003-07-03', '2003-11-28', '2003-12-24', '2003-12-26', '2004-11-26', '2005-11-25', '2006-07-03', '2006-11-24', '2007-07-03', '2007-11-23',
      '2007-12-24', '2008-07-03', '2008-11-28', '2008-12-24', '2009-11-27', '2009-12-24', '2010-11-26',
    ]],
  ] as const) {
    for (const date of dates) t.match(of(date), new RegExp(`^09:30-${closes}: `), date)
  }
  t.equal(of('1996-01-08'), '11:00-14:00: Snowstorm')
  const early = calendar.sessions({ start: isoDate('1990-01-01'), end: isoDate('2010-12-31') }).filter(({ early }) => early)
  t.equal(early.length, 4 + 1 + 1 + 1 + 40 + 1, 'and no other')
})

await t.test('every late opening of 1990 to 2010, and the one late close', async (t) => {
  for (const [date, opens] of [
    ['1990-12-27', '11:00'], ['1991-01-17', '09:31'], ['1991-02-25', '09:31'], ['1995-12-18', '10:30'], ['1996-01-08', '11:00'], ['2001-09-17', '09:33'],
    ['2001-10-08', '09:31'], ['2002-09-11', '12:00'], ['2003-03-20', '09:32'], ['2004-06-07', '09:32'], ['2006-12-27', '09:32'],
  ] as const) t.match(of(date), new RegExp(`^${opens}-1[46]:00: `), date)
  t.equal(of('2009-07-02'), '09:30-16:15: System irregularities')
  t.equal(calendar.session(isoDate('2009-07-02'))?.early, false)
})

// NYSE Group's announcements of December 2014 to December 2025, the notes on early closes.
await t.test('early closes announced since', async (t) => {
  for (const date of ['2013-07-03', '2014-07-03', '2017-07-03', '2018-07-03', '2019-07-03', '2023-07-03', '2024-07-03', '2025-07-03', '2028-07-03']) {
    t.equal(of(date), '09:30-13:00: Day before Independence Day')
  }
  for (const date of ['2014-11-28', '2015-11-27', '2016-11-25', '2023-11-24', '2024-11-29', '2025-11-28', '2026-11-27', '2027-11-26', '2028-11-24']) {
    t.equal(of(date), '09:30-13:00: Day after Thanksgiving')
  }
  for (const date of ['2014-12-24', '2015-12-24', '2024-12-24', '2025-12-24', '2026-12-24']) t.equal(of(date), '09:30-13:00: Christmas Eve')
})

await t.test('days that look like early closes and are none', async (t) => {
  for (const [date, why] of [
    ['1990-11-23', 'day after Thanksgiving, before the first early one in 1992'],
    ['1991-11-29', 'likewise'],
    ['1990-07-03', 'day before Independence Day, before the first early one in 1995'],
    ['1996-07-03', 'a Wednesday: the Friday after closed early instead'],
    ['2002-07-03', 'likewise'],
    ['2013-07-05', 'since 2013 the Wednesday before closes early'],
    ['2019-07-05', 'likewise'],
    ['2020-07-02', 'Independence Day was observed on Friday the 3rd'],
    ['2016-07-01', 'Independence Day was a Monday'],
    ['2008-12-26', 'a Friday after Christmas'],
    ['2025-12-26', 'likewise'],
    ['2010-12-31', "New Year's Eve"],
  ] as const) t.equal(of(date), '09:30-16:00', `${date}: ${why}`)
})

await t.test('the yearly holidays where they fall on weekends, from the announcements', async (t) => {
  for (const [date, reason] of [
    ['1999-12-24', 'Christmas Day'], ['2004-12-24', 'Christmas Day'], ['2010-12-24', 'Christmas Day'], ['2021-12-24', 'Christmas Day'], ['2027-12-24', 'Christmas Day'],
    ['2005-12-26', 'Christmas Day'], ['2011-12-26', 'Christmas Day'], ['2016-12-26', 'Christmas Day'], ['2022-12-26', 'Christmas Day'],
    ['1998-07-03', 'Independence Day'], ['2009-07-03', 'Independence Day'], ['2015-07-03', 'Independence Day'], ['2020-07-03', 'Independence Day'], ['2026-07-03', 'Independence Day'],
    ['2004-07-05', 'Independence Day'], ['2010-07-05', 'Independence Day'], ['2021-07-05', 'Independence Day'], ['2027-07-05', 'Independence Day'],
    ['2022-06-20', 'Juneteenth'], ['2027-06-18', 'Juneteenth'],
    ['2006-01-02', "New Year's Day"], ['2012-01-02', "New Year's Day"], ['2017-01-02', "New Year's Day"], ['2023-01-02', "New Year's Day"],
  ] as const) t.equal(of(date), `closed: ${reason}`, date)
})

await t.test("a New Year's Day on a Saturday is not observed", async (t) => {
  for (const date of ['1993-12-31', '1994-01-03', '2004-12-31', '2005-01-03', '2010-12-31', '2011-01-03', '2021-12-31', '2022-01-03', '2027-12-31', '2028-01-03']) {
    t.equal(of(date), '09:30-16:00', date)
  }
})

await t.test('holidays begin in the year the exchange took them up', async (t) => {
  t.equal(of('1997-01-20'), '09:30-16:00', 'Martin Luther King, Jr. Day, a minute of silence only')
  t.equal(of('1998-01-19'), 'closed: Martin Luther King, Jr. Day')
  t.equal(of('2021-06-18'), '09:30-16:00', 'Juneteenth was made law the day before')
  t.equal(of('2022-06-20'), 'closed: Juneteenth')
})

// NYSE Group announces 2026, 2027 and 2028 holiday and early closings calendar, 23 December 2025.
await t.test('the calendar of 2026 to 2028 as announced', async (t) => {
  const closed = (year: number): string[] =>
    Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10))
      .filter((date) => date.startsWith(String(year)) && calendar.closure(isoDate(date)))
      .map((date) => date.slice(5))
  t.same(closed(2026), ['01-01', '01-19', '02-16', '04-03', '05-25', '06-19', '07-03', '09-07', '11-26', '12-25'])
  t.same(closed(2027), ['01-01', '01-18', '02-15', '03-26', '05-31', '06-18', '07-05', '09-06', '11-25', '12-24'])
  t.same(closed(2028), ['01-17', '02-21', '04-14', '05-29', '06-19', '07-04', '09-04', '11-23', '12-25'])
})

await t.test('sessions of Thanksgiving week 2016 and of March 2017 are at these instants', async (t) => {
  const instants = (start: string, end: string): string[] =>
    calendar.sessions({ start: isoDate(start), end: isoDate(end) }).map(({ open, close }) => `${open.toISOString().slice(0, 16)} ${close.toISOString().slice(11, 16)}`)
  t.same(instants('2016-11-21', '2016-11-28'), [
    '2016-11-21T14:30 21:00', '2016-11-22T14:30 21:00', '2016-11-23T14:30 21:00', '2016-11-25T14:30 18:00', '2016-11-28T14:30 21:00',
  ])
  t.same(instants('2017-03-10', '2017-03-13'), ['2017-03-10T14:30 21:00', '2017-03-13T13:30 20:00'], 'clocks go forward on the Sunday between')
  t.equal(instants('2017-03-01', '2017-03-31').length, 23)
})
