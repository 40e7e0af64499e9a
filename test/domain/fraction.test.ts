import t from 'tap'
import type { Decimal } from '../../lib/domain/bar.js'
import { decimalOf } from '../../lib/domain/decimal.js'
import { compare, dividedBy, fractionOf, ONE, times } from '../../lib/domain/fraction.js'

const of = (text: string) => fractionOf(text as Decimal)

await t.test('fractions are exact, however many digits they have', async (t) => {
  t.equal(compare(times(of('0.1'), of('3')), of('0.3')), 0)
  t.equal(compare(dividedBy(of('1'), of('3')), of('0.33333333333333333333')), 1)
  t.equal(compare(dividedBy(of('12345678901234567.25'), of('12345678901234567.25')), ONE), 0)
  t.equal(compare(of('0.99999999999999999999'), ONE), -1)
  t.equal(compare(of('-0.05'), of('0')), -1)
  t.equal(compare(dividedBy(of('2'), of('0.5')), of('4')), 0)
})

await t.test('so many parts are written as a decimal without zeros behind', async (t) => {
  t.same([decimalOf(1234n, 2), decimalOf(5n, 2), decimalOf(500n, 2), decimalOf(1050n, 2), decimalOf(1200n, 0), decimalOf(0n, 4)], ['12.34', '0.05', '5', '10.5', '1200', '0'])
})
