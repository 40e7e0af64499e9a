import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { hoursRange } from '../../../lib/features/fetch/hours.js'

const calendar = createCalendar(DEFAULT_EXCHANGE)
const range = (start: string, end = start) => ({ start: isoDate(start), end: isoDate(end) })

await t.test('of hours the last two sessions of a range are asked for, one of a day', async (t) => {
  t.same(hoursRange(range('2025-08-17', '2025-11-14'), calendar), range('2025-11-13', '2025-11-14'))
  t.same(hoursRange(range('2025-11-07', '2025-11-10'), calendar), range('2025-11-07', '2025-11-10'), 'Friday and Monday')
  t.same(hoursRange(range('2025-11-20', '2025-11-30'), calendar), range('2025-11-26', '2025-11-28'), 'around Thanksgiving')
  t.same(hoursRange(range('2025-11-10'), calendar), range('2025-11-10'))
  t.same(hoursRange(range('2025-11-08', '2025-11-10'), calendar), range('2025-11-10'), 'no session before the range')
  t.equal(hoursRange(range('2025-11-08', '2025-11-09'), calendar), undefined)
})
