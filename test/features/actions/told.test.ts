import t from 'tap'
import type { Dividend, Split } from '../../../lib/domain/action.js'
import type { Decimal } from '../../../lib/domain/bar.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { dividendsOf, splitsOf, type Told } from '../../../lib/features/actions/told.js'

const told = (more: Partial<Told>): Told => ({ symbol: 'AAA', answer: 'a', splits: [], dividends: [], ...more })
const split = (date: string, from: string, to: string): Split => ({ exDate: isoDate(date), from: from as Decimal, to: to as Decimal })
const dividend = (date: string, amount: string, more: Partial<Dividend> = {}): Dividend =>
  ({ exDate: isoDate(date), kind: 'regular', amount: amount as Decimal, currency: 'USD', declaredOn: null, recordedOn: null, paidOn: null, ...more })
const amounts = (dividends: readonly Dividend[]) => dividendsOf([told({ dividends })]).map(({ exDate, kind, amount, currency }) => [exDate, kind, amount, currency].join(' '))

await t.test('a split is told once a date, usual or not, and known from then on', async (t) => {
  const answers = [told({ splits: [split('2020-08-31', '1', '4')] }), told({ answer: 'b', splits: [split('2020-08-31', '1', '4'), split('2023-01-04', '1000', '1281')] })]
  t.match(splitsOf(answers), [
    { exDate: '2020-08-31', from: '1', to: '4', usual: true, knownSince: '2020-08-31', symbol: 'AAA', answer: 'a' }, { exDate: '2023-01-04', usual: false, knownSince: '2023-01-04', answer: 'b' },
  ])
  t.equal(splitsOf(answers).length, 2)
  t.throws(() => splitsOf([told({ splits: [split('2020-08-31', '1', '4'), split('2020-08-31', '1', '5')] })]), {
    name: 'SourceError', code: 'ACTIONS_CONTRADICT', message: 'the answer has two splits of AAA on 2020-08-31: from 1 to 4 and from 1 to 5',
  })
})

await t.test('a dividend is known since its declaration, or else since its ex-date', async (t) => {
  const known = (declared: string | null) => dividendsOf([told({ dividends: [dividend('2020-02-07', '0.77', { declaredOn: declared === null ? null : isoDate(declared) })] })])[0]!.knownSince
  t.equal(known('2020-01-28'), '2020-01-28')
  t.equal(known(null), '2020-02-07')
})

await t.test('dividends of a date and kind are added up exactly, each once, and kinds are kept apart', async (t) => {
  t.same(amounts([dividend('2020-02-07', '0.1'), dividend('2020-02-07', '0.20000000000000000001')]), ['2020-02-07 regular 0.30000000000000000001 USD'])
  t.same(amounts([dividend('2020-02-07', '0.5'), dividend('2020-02-07', '0.5')]), ['2020-02-07 regular 0.5 USD'], 'a row that comes twice')
  t.same(amounts([dividend('2020-02-07', '0.5', { paidOn: isoDate('2020-02-10') }), dividend('2020-02-07', '0.5', { paidOn: isoDate('2020-02-11') })]), ['2020-02-07 regular 1 USD'], 'and two that are paid on different days')
  t.same(amounts([dividend('2020-02-07', '0.5'), dividend('2020-02-07', '3', { kind: 'special' }), dividend('2020-02-08', '1')]), ['2020-02-07 regular 0.5 USD', '2020-02-07 special 3 USD', '2020-02-08 regular 1 USD'])
})

await t.test('what is in another currency is not added to dollars, nor to a third', async (t) => {
  t.same(amounts([dividend('2020-02-07', '7', { currency: 'CAD' }), dividend('2020-02-07', '5', { currency: null }), dividend('2020-02-07', '1')]), ['2020-02-07 regular 6 '])
  t.same(amounts([dividend('2020-02-07', '7', { currency: 'CAD' }), dividend('2020-02-07', '5', { currency: 'EUR' })]), ['2020-02-07 regular 7 CAD'])
})
