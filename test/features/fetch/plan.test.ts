import fc from 'fast-check'
import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import { TIMESPAN_NAMES, type TimespanName } from '../../../lib/datasets/timespan.js'
import { addDays, datesOf, isoDate, type DateRange, type IsoDate } from '../../../lib/domain/dates.js'
import { Universe } from '../../../lib/domain/universe.js'
import { estimate } from '../../../lib/features/fetch/estimate.js'
import { Expectations } from '../../../lib/features/runs/expected.js'
import { planGrouped, planUnits, type Unit } from '../../../lib/features/fetch/plan.js'
import { inputs, SEED } from '../../properties/runs.js'

const expectations = new Expectations(createCalendar(DEFAULT_EXCHANGE), new Date('2026-06-30T12:00:00Z'))
const range = (start: string, end = start): DateRange => ({ start: isoDate(start), end: isoDate(end) })

/** Two companies were called FB; the second became META on 2022-06-09. */
const UNIVERSE = new Universe([
  { symbol: 'META', symbolId: 2, from: isoDate('2022-06-09'), to: null },
  { symbol: 'FB', symbolId: 1, from: isoDate('1999-09-30'), to: isoDate('2003-03-29') },
  { symbol: 'FB', symbolId: 2, from: isoDate('2012-05-18'), to: isoDate('2022-06-09') },
  { symbol: 'SPY', symbolId: 3, from: null, to: null },
], 7)

const plan = (symbol: string, dates: DateRange, timespans: readonly TimespanName[] = TIMESPAN_NAMES) => planUnits(symbol, UNIVERSE, dates, { timespans: [...timespans] }, expectations)
const asksOf = (units: readonly Unit[]) => units.map(({ asks }) => asks.map(({ symbol, range: { start, end } }) => `${symbol} ${start} ${end}`))

await t.test('a symbol has a unit a timespan, in their order, and of minutes one a month', async (t) => {
  const units = plan('SPY', range('2025-10-30', '2026-01-02'), ['minute', 'month', 'week', 'day', 'hour'])
  t.same(units.map(({ symbol, timespan: { name }, part, range: { start, end } }) => [symbol, name, part, start, end].join(' ')), [
    'SPY hour  2025-12-31 2026-01-02', 'SPY day  2025-10-30 2026-01-02', 'SPY week  2025-10-30 2026-01-02', 'SPY month  2025-10-30 2026-01-02',
    'SPY minute 2025-10 2025-10-30 2025-10-31', 'SPY minute 2025-11 2025-11-01 2025-11-30', 'SPY minute 2025-12 2025-12-01 2025-12-31', 'SPY minute 2026-01 2026-01-01 2026-01-02',
  ])
  // Sessions: 2 in October; 19 in November, one short; 22 in December, one short; 1 in January. Sundays: 2 to 30 November, 7 to 28 December.
  t.same(units.map(({ expected }) => expected), [14, 44, 9, 3, 2 * 390, 18 * 390 + 210, 21 * 390 + 210, 390])
  t.ok(units.every(({ asks, range }) => asks.length === 1 && asks[0]!.symbol === 'SPY' && asks[0]!.range.start === range.start && asks[0]!.range.end === range.end))
  t.same(plan('SPY', range('2025-11-10'), ['week', 'day']).map(({ timespan }) => timespan.name), ['day', 'week'])
})

await t.test('a security is asked for by the symbols that it had, whichever of them is given', async (t) => {
  const dates = range('2022-06-01', '2022-06-14')
  for (const symbol of ['META', 'FB']) {
    const units = plan(symbol, dates, ['hour', 'day', 'week', 'month'])
    t.ok(units.every((unit) => unit.symbol === symbol))
    t.same(asksOf(units), [
      ['META 2022-06-13 2022-06-14'],
      ['FB 2022-06-01 2022-06-08', 'META 2022-06-09 2022-06-14'],
      ['FB 2022-06-01 2022-06-08', 'META 2022-06-09 2022-06-14'],
      ['FB 2022-06-01 2022-06-08', 'META 2022-06-09 2022-06-14'],
    ])
    t.same(units.map(({ expected }) => expected), [14, 10, 2, 1])
  }
  t.same(asksOf(plan('META', range('2022-06-08', '2022-06-09'), ['hour'])), [['FB 2022-06-08 2022-06-08', 'META 2022-06-09 2022-06-09']])
})

await t.test('a symbol means the security that it names last in the range', async (t) => {
  t.same(asksOf(plan('FB', range('2003-03-20', '2012-06-01'), ['day'])), [['FB 2012-05-18 2012-06-01']], 'not the one it had named before')
  t.same(asksOf(plan('FB', range('2003-01-01', '2004-01-01'), ['day'])), [['FB 2003-01-01 2003-03-28']])
  t.same(asksOf(plan('FB', range('2003-03-28', '2003-03-29'), ['day'])), [['FB 2003-03-28 2003-03-28']])
})

await t.test('where a symbol names nothing in the range there is nothing to ask, one that is not known means itself', async (t) => {
  t.same(plan('FB', range('2005-01-01', '2006-01-01')), [])
  t.same(plan('META', range('2012-01-03', '2012-05-17')), [], 'the security had no symbol yet')
  t.same(asksOf(plan('NEW', range('2025-11-07', '2025-11-10'), ['hour', 'day'])), [['NEW 2025-11-07 2025-11-10'], ['NEW 2025-11-07 2025-11-10']])
})

await t.test('parts of the range in which the security had no symbol have no unit', async (t) => {
  const units = plan('FB', range('2003-03-20', '2003-05-20'), ['hour', 'day', 'minute'])
  t.same(units.map(({ timespan: { name }, part }) => `${name} ${part}`), ['day ', 'minute 2003-03'])
  t.same(units.map(({ expected }) => expected), [7, 7 * 390 - 2], '20, 21, 24 to 28 March, the first of them from 09:32')
  t.same(plan('SPY', range('2025-11-08', '2025-11-09'), ['hour']), [], 'no session, no hour')
})

await t.test('what is asked is each date once on which the security had a symbol, under that symbol', async (t) => {
  const first = isoDate('2024-01-01')
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 2, maxLength: 8 }).map((days) => days.toSorted((a, b) => a - b))
  const securities = fc.array(cuts, { minLength: 1, maxLength: 3 })
  fc.assert(fc.property(securities, fc.integer({ min: 0, max: 110 }), fc.integer({ min: 0, max: 60 }), fc.constantFrom(...TIMESPAN_NAMES), (all, from, length, name) => {
    const at = (day: number): IsoDate => addDays(first, day)
    const rows = all.flatMap((cuts, symbolId) => cuts.slice(1).flatMap((to, index) => {
      // Some stretches are without a symbol.
      const symbol = `S${symbolId}${index}`
      return index % 3 === 2 ? [] : [{ symbol, symbolId, from: index === 0 && symbolId === 0 ? null : at(cuts[index]!), to: at(to) }]
    }))
    const universe = new Universe(rows, 1)
    const dates = { start: at(from), end: at(from + length) }
    for (const { symbol, symbolId } of rows) {
      const units = planUnits(symbol, universe, dates, { timespans: [name] }, expectations)
      const isNamed = [...datesOf(dates)].some((date) => universe.securityOn(symbol, date) !== undefined)
      const asked = units.flatMap(({ asks }) => asks.flatMap(({ symbol, range }) => [...datesOf(range)].map((date) => `${symbol} ${date}`)))
      const whole = name === 'hour' ? (units[0]?.range ?? { start: dates.end, end: dates.start }) : dates
      const named = !isNamed ? [] : [...datesOf(whole)].flatMap((date) => rows.filter((row) => row.symbolId === symbolId && universe.securityOn(row.symbol, date) === symbolId).map((row) => `${row.symbol} ${date}`))
      t.same(asked, named)
    }
  }), { numRuns: inputs(t, 100), seed: SEED })
})

await t.test('grouped there is a unit a session, of every symbol', async (t) => {
  const units = planGrouped(range('2025-11-26', '2025-12-01'), expectations)
  t.same(units.map(({ symbol, timespan: { name }, part }) => `${symbol} ${name} ${part}`), ['* day 2025-11-26', '* day 2025-11-28', '* day 2025-12-01'])
  t.same(units[1], { ...units[1], asks: [{ symbol: null, range: range('2025-11-28') }], range: range('2025-11-28') })
})

await t.test('a plan costs its requests: hours and minutes one a month, and one for each symbol a security had', async (t) => {
  const unlimited = { perSecond: null, perMinute: null, perDay: null, perMonth: null }
  const units = [...plan('META', range('2022-05-16', '2022-06-14')), ...plan('SPY', range('2025-10-31', '2025-11-03'))]
  // META: 1 of hours, 2 of days, weeks and months each, 1 + 2 of minutes. SPY: 2, 1, 1, 1, and 1 + 1 of minutes.
  t.same(estimate(units, unlimited), { requests: 17, quotas: [], seconds: 0 })
  t.equal(estimate(units, unlimited, 2).requests, 19, 'and those for who they are')
  t.same(estimate(units, { ...unlimited, perMinute: 5, perMonth: 50_000 }), { requests: 17, quotas: [{ period: 'minute', limit: 5, periods: 4 }, { period: 'month', limit: 50_000, periods: 1 }], seconds: 180 })
  t.match(estimate(units, { ...unlimited, perMinute: 17 }), { quotas: [{ periods: 1 }], seconds: 0 }, 'what one minute allows is sent at once')
  t.match(estimate(units, { ...unlimited, perSecond: 2, perDay: 6 }), { quotas: [{ period: 'second', periods: 9 }, { period: 'day', periods: 3 }], seconds: 2 * 86_400 }, 'the tightest decides')
  t.same(estimate([], { ...unlimited, perMinute: 5 }), { requests: 0, quotas: [{ period: 'minute', limit: 5, periods: 0 }], seconds: 0 })
})
