import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../lib/calendar/exchanges.js'
import type { Decimal } from '../../../lib/domain/bar.js'
import { addDays, isoDate, type IsoDate } from '../../../lib/domain/dates.js'
import { conflictsOf } from '../../../lib/features/actions/conflicts.js'
import type { ListedDividend, ListedSplit, ToldDates } from '../../../lib/store/actions/list.js'

const calendar = createCalendar(DEFAULT_EXCHANGE)
const apart = (a: IsoDate, b: IsoDate): number => calendar.sessions({ start: addDays(a, 1), end: b }).length
const row = (source: string, date: string) => ({ symbolId: 1, symbol: 'AAA', source, exDate: isoDate(date), knownSince: isoDate(date), applied: true })
const split = (source: string, date: string, from: string, to: string, more: Partial<ListedSplit> = {}): ListedSplit =>
  ({ ...row(source, date), from: from as Decimal, to: to as Decimal, usual: true, ruling: null, ...more })
const dividend = (source: string, date: string, amount: string, more: Partial<ListedDividend> = {}): ListedDividend =>
  ({ ...row(source, date), kind: 'regular', amount: amount as Decimal, currency: 'USD', declaredOn: null, recordedOn: null, paidOn: null, ...more })
const asked = (source: string, start: string, end: string, symbolId = 1): ToldDates => ({ source, symbolId, start: isoDate(start), end: isoDate(end) })
const BOTH = [asked('one', '2020-01-01', '2020-12-31'), asked('two', '2020-01-01', '2020-12-31')]

/** `date kind: what each says`. */
function found(splits: readonly ListedSplit[], dividends: readonly ListedDividend[] = [], told: readonly ToldDates[] = BOTH): string[] {
  return conflictsOf(splits, dividends, told, apart).map(({ exDate, kind, action, sayings }) =>
    `${exDate} ${action} ${kind}: ${sayings.map(({ source, exDate: said, value }) => `${source} ${value ?? 'nothing'}${said === exDate ? '' : ` on ${said}`}`).join(', ')}`)
}

await t.test('the same told by all is no conflict, however it is written', async (t) => {
  t.same(found([split('one', '2020-03-02', '1', '1.5'), split('two', '2020-03-02', '2', '3')], [dividend('one', '2020-02-07', '0.77'), dividend('two', '2020-02-07', '0.77')]), [])
  t.same(found([], [dividend('one', '2020-02-07', '2.65'), dividend('two', '2020-02-07', '2.650004')]), [], 'rounded by less than a thousandth')
  t.same(found([], [dividend('one', '2020-02-07', '0.5'), dividend('one', '2020-02-07', '3', { kind: 'special' }), dividend('two', '2020-02-07', '3.5')]), [], 'in two kinds by the one')
  t.same(found([], [dividend('one', '2020-02-07', '0.5', { currency: null }), dividend('two', '2020-02-07', '0.5')]), [])
})

await t.test('another ratio or amount on the same date is one', async (t) => {
  t.same(found([split('one', '2020-03-02', '1', '4'), split('two', '2020-03-02', '4', '1')]), ['2020-03-02 split different: one 4 for 1, two 1 for 4'])
  t.same(found([], [dividend('one', '2020-02-07', '0.77'), dividend('two', '2020-02-07', '0.7708')]), ['2020-02-07 dividend different: one 0.77 USD, two 0.7708 USD'], 'more than a thousandth')
  t.same(found([], [dividend('one', '2020-02-07', '0'), dividend('two', '2020-02-07', '0.01')]), ['2020-02-07 dividend different: one 0 USD, two 0.01 USD'])
})

await t.test('the same up to five sessions apart is told once, as one event', async (t) => {
  // 2020-02-17 is Presidents' Day: the fifth session after Thursday, 2020-02-13, is Friday, 2020-02-21.
  t.same(found([split('one', '2020-02-13', '1', '4'), split('two', '2020-02-21', '1', '4')]), ['2020-02-13 split moved: one 4 for 1, two 4 for 1 on 2020-02-21'])
  t.same(found([split('one', '2020-02-13', '1', '4'), split('two', '2020-02-24', '1', '4')]), ['2020-02-24 split lacking: two 4 for 1, one nothing', '2020-02-13 split lacking: one 4 for 1, two nothing'], 'six sessions')
  t.same(found([split('one', '2020-02-13', '1', '4'), split('two', '2020-02-14', '1', '5')]), ['2020-02-14 split lacking: two 5 for 1, one nothing', '2020-02-13 split lacking: one 4 for 1, two nothing'], 'another ratio')
  t.same(found([], ['2020-03-02', '2020-03-06', '2020-03-13'].flatMap((date) => [dividend('one', date, '0.1'), dividend('two', date, '0.1')])), [], 'and what comes every week is no other date of the same')
})

await t.test('who was asked and tells nothing of it lacks it, and who was not asked does not', async (t) => {
  const event = [split('one', '2020-03-02', '1', '4')]
  t.same(found(event), ['2020-03-02 split lacking: one 4 for 1, two nothing'])
  t.same(found(event, [], [asked('two', '2020-03-03', '2020-12-31'), asked('two', '2019-01-01', '2020-03-01')]), [])
  t.same(found(event, [], [asked('two', '2020-01-01', '2020-12-31', 2)]), [], 'of another security')
  t.same(found(event, [], [...BOTH, asked('three', '2020-03-02', '2020-03-02')]), ['2020-03-02 split lacking: one 4 for 1, three nothing, two nothing'])
})

await t.test('an unusual ratio is one until a person has ruled on it, and then nothing about that split is', async (t) => {
  const spinOff = (ruling: boolean | null) => [split('one', '2020-03-02', '1000', '1281', { usual: false, ruling })]
  t.same(found(spinOff(null), [], []), ['2020-03-02 split unusual: one 1281 for 1000'])
  t.same(found(spinOff(true)), [])
  t.same(found(spinOff(false)), [])
})

await t.test('securities are kept apart, and findings come by symbol, the latest first', async (t) => {
  const other = { symbolId: 2, symbol: 'BBB' }
  t.same(found([split('one', '2020-03-02', '1', '4', other), split('two', '2020-03-02', '1', '5')], [], []), [])
  t.same(conflictsOf([split('one', '2020-03-02', '1', '3', { ...other, usual: false }), split('one', '2020-03-02', '1', '3', { usual: false }), split('one', '2020-03-03', '1', '3', { usual: false })], [], [], apart)
    .map(({ symbol, exDate }) => `${symbol} ${exDate}`), ['AAA 2020-03-03', 'AAA 2020-03-02', 'BBB 2020-03-02'])
})
