import t from 'tap'
import { isoDate } from '../../../../lib/domain/dates.js'
import { CLOSED_DAY } from '../../../../lib/features/quality/rules/closed-day.js'
import { DATE_VOLUME } from '../../../../lib/features/quality/rules/date-volume.js'
import { OHLC_ORDER } from '../../../../lib/features/quality/rules/ohlc-order.js'
import { RULES } from '../../../../lib/features/quality/rules/rules.js'
import { ZERO_VOLUME } from '../../../../lib/features/quality/rules/zero-volume.js'
import { DEFAULTS, judged, usual, windowOf, type TestBar } from './windows.js'

/** Rows that vendors' issue trackers and forums quote, after bars of about the price that the security had then. */
const QUOTED: readonly [what: string, price: number, bar: readonly [number, number, number, number, number], rules: readonly string[]][] = [
  ['MRK 2021-06-11, a low of 15.32', 76, [76.71, 76.86, 15.32, 76.27, 13_928_356], ['wick']],
  ['AAC 2019-01-26, prices a hundred times too high', 2.3, [2.35, 499, 2.25, 241, 53_566_977], ['power_of_ten']],
  ['CEFS 2018-01-30, an open above the high', 21.6, [21.94, 21.622, 21.52, 21.6, 3330], ['ohlc_order']],
  ['CNYA 2019-08-13, an open below the low', 27.4, [26.567, 27.62, 27.19, 27.46, 45_610], ['ohlc_order']],
  ['PETZ 2018-07-12, a close and high twenty times too high', 5.06, [5.061, 100.04, 5.061, 100.04, 20_000], ['spike']],
]

for (const [what, price, bar, rules] of QUOTED) {
  await t.test(`${what}: told as what it is, and as nothing else`, async (t) => {
    const before = usual(30, price, bar[4])
    const open = RULES.flatMap((rule) => (rule.kind === 'bar' && judged(rule, bar, usual(5, price, bar[4]), { before })?.cause === null ? [rule.name] : []))
    t.same(open, rules)
  })
}

await t.test('the low of MRK and the field of AAC are named', async (t) => {
  const named = (index: number) => {
    const [, price, bar, [name]] = QUOTED[index]!
    const rule = RULES.find((rule) => rule.name === name)!
    return rule.kind === 'bar' && judged(rule, bar, usual(5, price, bar[4]), { before: usual(30, price, bar[4]) })?.details
  }
  t.match(named(0), { field: 'low', value: '15.32' })
  t.match(named(1), { field: 'close', value: '241', power: 2 })
  t.match(judged(OHLC_ORDER, QUOTED[2]![2])?.details, { open: '21.94', high: '21.622' })
})

await t.test('a bar on Saturday 2019-01-26 stands on a closed day', async (t) => {
  const saturday = { date: isoDate('2019-01-26'), session: false, bars: 1, usualBars: null, repeated: 0, volumeToBefore: null, volumeToAfter: null }
  t.same(CLOSED_DAY.judge(saturday, DEFAULTS), { cause: null, details: { bars: 1 } })
})

await t.test('2020-05-08 has twice the volume: SPY 153,568,475 against 76,452,400', async (t) => {
  const times = 153_568_475 / 76_452_400
  const day = { date: isoDate('2020-05-08'), session: true, bars: 8000, usualBars: 8000, repeated: 0, volumeToBefore: times, volumeToAfter: times }
  t.match(DATE_VOLUME.judge(day, DEFAULTS), { cause: null, details: { to_before: '2.009' } })
})

await t.test('the test symbols ZBZX and ZTST explain themselves', async (t) => {
  for (const price of [25, 12_345]) {
    const still: TestBar[] = Array.from({ length: 6 }, () => [price, price, price, price, 0])
    t.equal(ZERO_VOLUME.judge(windowOf(still, 4), DEFAULTS)?.cause, 'quiet')
  }
})
