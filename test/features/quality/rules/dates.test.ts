import t from 'tap'
import { isoDate } from '../../../../lib/domain/dates.js'
import { CLOSED_DAY } from '../../../../lib/features/quality/rules/closed-day.js'
import { DATE_COUNT } from '../../../../lib/features/quality/rules/date-count.js'
import { DATE_REPEATED } from '../../../../lib/features/quality/rules/date-repeated.js'
import { DATE_VOLUME } from '../../../../lib/features/quality/rules/date-volume.js'
import type { DateRule, Day } from '../../../../lib/features/quality/rules/rule.js'
import { DEFAULTS } from './windows.js'

const DAY: Day = { date: isoDate('2020-05-08'), session: true, bars: 6000, usualBars: 6010, repeated: 40, volumeToBefore: 1.02, volumeToAfter: 0.97 }
const told = (rule: DateRule, day: Partial<Day>) => rule.judge({ ...DAY, ...day }, DEFAULTS)

await t.test('nothing is said of a usual date', async (t) => {
  for (const rule of [CLOSED_DAY, DATE_COUNT, DATE_REPEATED, DATE_VOLUME]) t.equal(told(rule, {}), undefined, rule.name)
})

await t.test('a date with too few or too many bars is told', async (t) => {
  t.same(told(DATE_COUNT, { bars: 2964 }), { cause: null, details: { bars: 2964, usual: '6010', percent: '49.32' } })
  t.match(told(DATE_COUNT, { bars: 8000 }), { details: { percent: '133.1' } })
  t.equal(told(DATE_COUNT, { bars: 4808 }), undefined, 'exactly 80 percent')
  t.equal(told(DATE_COUNT, { bars: 5, usualBars: null }), undefined, 'nothing to compare with')
  t.equal(told(DATE_COUNT, { bars: 2900, session: false }), undefined, 'the exchange was closed')
})

await t.test('a date is told whose bars are those of the session before', async (t) => {
  t.same(told(DATE_REPEATED, { repeated: 5400 }), { cause: null, details: { bars: 6000, repeated: 5400, percent: '90' } })
  t.equal(told(DATE_REPEATED, { repeated: 3000 }), undefined, 'half of them')
})

await t.test('a date is told whose volumes are twice those of both neighbours', async (t) => {
  t.same(told(DATE_VOLUME, { volumeToBefore: 2.03, volumeToAfter: 2.1 }), { cause: null, details: { to_before: '2.03', to_after: '2.1' } })
  t.equal(told(DATE_VOLUME, { volumeToBefore: 2.5, volumeToAfter: 1.1 }), undefined, 'a crash goes on')
  t.equal(told(DATE_VOLUME, { volumeToBefore: 2.5, volumeToAfter: null }), undefined, 'the next is not there')
})

await t.test('bars on a closed day are told', async (t) => {
  t.same(told(CLOSED_DAY, { session: false, bars: 3 }), { cause: null, details: { bars: 3 } })
  t.equal(told(CLOSED_DAY, { session: false, bars: 0 }), undefined)
})
