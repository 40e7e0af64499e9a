import t from 'tap'
import { MON } from '../../lib/calendar/exchange.js'
import { easter, earlyCloseIn, holidayIn } from '../../lib/calendar/rules.js'

await t.test('Easter Sunday falls where the church tables put it', async (t) => {
  // Dates of Easter Sunday from the U.S. Census Bureau's table (1600-2099); 1818 and 2285 are the earliest possible, 1943 and 2038 the latest.
  for (const date of ['1818-03-22', '1943-04-25', '1990-04-15', '1999-04-04', '2000-04-23', '2008-03-23', '2011-04-24', '2016-03-27', '2024-03-31', '2026-04-05', '2035-03-25', '2036-04-13', '2038-04-25']) {
    t.equal(easter(Number(date.slice(0, 4))), date)
  }
})

await t.test('a holiday on a weekend moves as its rule says, or is not observed', async (t) => {
  const fourth = { name: 'Fourth', day: { month: 7, day: 4 }, source: '' }
  const moved = { ...fourth, observed: { saturday: -1, sunday: 1 } }
  t.equal(holidayIn(moved, 2025), '2025-07-04', 'a Friday stays')
  t.equal(holidayIn(moved, 2026), '2026-07-03', 'a Saturday goes to Friday')
  t.equal(holidayIn(moved, 2027), '2027-07-05', 'a Sunday goes to Monday')
  t.equal(holidayIn({ ...fourth, observed: { sunday: 1 } }, 2026), undefined)
  t.equal(holidayIn(fourth, 2027), undefined)
})

await t.test('a weekday on or after a date is the date itself or up to six days later', async (t) => {
  const third = { name: 'Third Monday', day: { month: 2, weekday: MON, onOrAfter: 15 }, source: '' }
  t.equal(holidayIn(third, 2027), '2027-02-15', 'the 15th is a Monday')
  t.equal(holidayIn(third, 2028), '2028-02-21', 'the 15th is a Tuesday')
})

await t.test('a rule holds in its first and last year and in none outside', async (t) => {
  const rule = { name: 'Rule', day: { month: 6, day: 19 }, since: 2023, until: 2024, source: '' }
  t.same([2022, 2023, 2024, 2025].map((year) => holidayIn(rule, year)), [undefined, '2023-06-19', '2024-06-19', undefined])
})

await t.test('an early close holds only on its weekdays', async (t) => {
  const rule = { name: 'Mondays', day: { month: 12, day: 24 }, weekdays: [MON], closes: '13:00', source: '' }
  t.equal(earlyCloseIn(rule, 2018), '2018-12-24')
  t.equal(earlyCloseIn(rule, 2019), undefined, 'a Tuesday')
})
