import t from 'tap'
import { addDays, datesOf, isIsoDate, isoDate, weekday } from '../../lib/domain/dates.js'

await t.test('a date is real and written YYYY-MM-DD', async (t) => {
  for (const good of ['2024-02-29', '1990-01-01', '2026-12-31']) t.ok(isIsoDate(good), good)
  for (const bad of ['2024-02-30', '0000-01-01', '2023-02-29', '2024-2-1', '20240201', '2024-13-01', '', 'today', '2024-02-01T00:00']) t.notOk(isIsoDate(bad), bad)
  t.throws(() => isoDate('2024-02-30'), { message: '"2024-02-30" is not a date; dates are written YYYY-MM-DD' })
})

await t.test('days are counted over month ends, leap days and years', async (t) => {
  t.equal(addDays(isoDate('2024-02-28'), 2), '2024-03-01')
  t.equal(addDays(isoDate('2024-01-01'), -1), '2023-12-31')
  t.same([...datesOf({ start: isoDate('2023-12-30'), end: isoDate('2024-01-02') })], ['2023-12-30', '2023-12-31', '2024-01-01', '2024-01-02'])
})

await t.test('weekdays count from Sunday', async (t) => {
  t.equal(weekday(isoDate('2026-11-21')), 6, 'a Saturday')
  t.equal(weekday(isoDate('1970-01-01')), 4, 'a Thursday')
  t.equal(weekday(isoDate('1969-12-28')), 0, 'a Sunday before the epoch')
})
