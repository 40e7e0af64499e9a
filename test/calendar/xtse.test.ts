import t from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { XTSE } from '../../lib/calendar/exchanges/xtse.js'
import { isoDate } from '../../lib/domain/dates.js'
import { testExchange } from './contract.js'

const calendar = createCalendar(XTSE)

function closed(start: string, end: string): Record<string, string> {
  const days: Record<string, string> = {}
  for (let time = Date.parse(start); time <= Date.parse(end); time += 86_400_000) {
    const { date, reason } = calendar.closure(isoDate(new Date(time).toISOString().slice(0, 10))) ?? {}
    if (date) days[date] = reason ?? ''
  }
  return days
}

await testExchange(t, XTSE)

// stock-market-holidays.org, "2015 Toronto Stock Exchange holidays".
await t.test('the holidays of 2015', async (t) => {
  t.same(closed('2015-01-01', '2015-12-31'), {
    '2015-01-01': "New Year's Day", '2015-02-16': 'Family Day', '2015-04-03': 'Good Friday', '2015-05-18': 'Victoria Day', '2015-07-01': 'Canada Day',
    '2015-08-03': 'Civic Holiday', '2015-09-07': 'Labour Day', '2015-10-12': 'Thanksgiving Day', '2015-12-25': 'Christmas Day', '2015-12-28': 'Boxing Day',
  })
})

// TMX Group holiday operating schedules of December 2010, 2019, 2020, 2021, 2024 and 2025; tradinghours.com for 2022.
await t.test('Christmas and New Year on every kind of weekend', async (t) => {
  const [christmas, boxing, newYear] = ['Christmas Day', 'Boxing Day', "New Year's Day"]
  t.same(closed('2010-12-20', '2011-01-07'), { '2010-12-27': christmas, '2010-12-28': boxing, '2011-01-03': newYear }, 'Saturday and Sunday')
  t.same(closed('2019-12-20', '2020-01-07'), { '2019-12-25': christmas, '2019-12-26': boxing, '2020-01-01': newYear }, 'midweek')
  t.same(closed('2020-12-20', '2021-01-07'), { '2020-12-25': christmas, '2020-12-28': boxing, '2021-01-01': newYear }, 'Friday and Saturday')
  t.same(closed('2021-12-20', '2022-01-07'), { '2021-12-27': christmas, '2021-12-28': boxing, '2022-01-03': newYear }, 'Saturday and Sunday')
  t.same(Object.keys(closed('2022-12-20', '2023-01-06')), ['2022-12-26', '2022-12-27', '2023-01-02'], 'Sunday and Monday')
})

await t.test('Christmas Eve closes at one on any weekday, New Year\'s Eve does not', async (t) => {
  for (const date of ['2010-12-24', '2019-12-24', '2020-12-24', '2021-12-24', '2024-12-24', '2025-12-24']) {
    t.match(calendar.session(isoDate(date)), { early: true, close: new Date(`${date}T18:00:00Z`), reason: 'Christmas Eve' })
  }
  t.match(calendar.session(isoDate('2010-12-31')), { early: false, close: new Date('2010-12-31T21:00:00Z') })
})

// TMX Group, 27 April 2018: trading stopped at 1:39:13 pm and was shut down for the remainder of the day.
await t.test('the day the systems failed ended at 13:39', async (t) => {
  t.match(calendar.session(isoDate('2018-04-27')), { early: true, close: new Date('2018-04-27T17:39:00Z') })
})

await t.test('days that only New York is closed are sessions, and the other way round', async (t) => {
  for (const date of ['2018-12-05', '2025-01-09', '2016-11-24', '2026-07-03', '2026-06-19']) t.ok(calendar.session(isoDate(date)), date)
  for (const date of ['2026-05-18', '2026-07-01', '2026-10-12']) t.notOk(calendar.session(isoDate(date)), date)
})

await t.test('Victoria Day is the Monday before the 25th of May, never on it', async (t) => {
  t.equal(calendar.closure(isoDate('2015-05-25')), undefined)
  t.equal(calendar.closure(isoDate('2026-05-18'))?.reason, 'Victoria Day')
  t.equal(calendar.closure(isoDate('2027-05-24'))?.reason, 'Victoria Day')
})
