import t from 'tap'
import type { Decimal } from '../../lib/domain/bar.js'
import { isGreater, isNegative, isPositive, parseDecimal, sumOfDecimals } from '../../lib/domain/decimal.js'

/** The canonical text, or the fault. */
function parsed(text: string): string {
  let fault = ''
  return parseDecimal(text, (found) => (fault = found)) ?? fault
}

await t.test('a number has one canonical text, however it is written', async (t) => {
  const cases: [string, string][] = [
    ['0', '0'], ['-0', '0'], ['0.000', '0'], ['-0.0e5', '0'], ['0e999999', '0'],
    ['1', '1'], ['10', '10'], ['10.0', '10'], ['10.500000', '10.5'], ['0.5', '0.5'], ['0.050', '0.05'], ['-1.50', '-1.5'],
    ['1e2', '100'], ['1E2', '100'], ['1e+2', '100'], ['1.25e1', '12.5'], ['1.25e2', '125'], ['1.25e3', '1250'], ['125e-2', '1.25'], ['125e-3', '0.125'], ['125e-5', '0.00125'],
    ['33278552.153126', '33278552.153126'], ['1442048636.45', '1442048636.45'],
    ['99999999999999999999.99999999999999999999', '99999999999999999999.99999999999999999999'],
    ['1e19', '10000000000000000000'], ['1e-20', '0.00000000000000000001'], ['100e-22', '0.00000000000000000001'],
    [`1.${'0'.repeat(500)}`, '1'],
  ]
  for (const [text, canonical] of cases) t.equal(parsed(text), canonical, text.slice(0, 40))
})

await t.test('what JSON would not call a number is none', async (t) => {
  for (const text of ['', ' ', '1 ', ' 1', '+1', '.5', '5.', '01', '-01', '00', '1.2.3', '1.5.0', '1..0', '--1', '1e', '1e1.5', 'e5', '1,5', '0x10', '1_000', 'NaN', 'Infinity', '-', '١', '1\u0000', '1e5.0']) {
    t.equal(parsed(text), 'bad_number', JSON.stringify(text))
  }
})

await t.test('a number of more than 20 digits on one side of the point is too long', async (t) => {
  for (const text of ['100000000000000000000', '1e20', '0.000000000000000000001', '1e-21', '1e131073', '1e9999999999', '-1e99', '1'.repeat(40)]) t.equal(parsed(text), 'number_too_long', text)
})

await t.test('numbers are compared exactly, where floats would not tell them apart', async (t) => {
  const ascending = ['0', '0.00000000000000000001', '0.5', '0.51', '1', '9', '9.99999999999999999999', '10', '10.00000000000000000001', '10.1', '99', '100', '9007199254740992', '9007199254740993', '9007199254740993.5'] as Decimal[]
  for (const [i, a] of ascending.entries()) for (const [j, b] of ascending.entries()) t.equal(isGreater(a, b), i > j, `${a} > ${b}`)
})

await t.test('signs are told', async (t) => {
  t.same(['0', '-1', '0.1'].map((text) => isPositive(text as Decimal)), [false, false, true])
  t.same(['0', '-1', '0.1'].map((text) => isNegative(text as Decimal)), [false, true, false])
})

await t.test('sums are exact, and canonical', async (t) => {
  const sum = (...values: string[]): string => sumOfDecimals(values as Decimal[])
  t.equal(sum(), '0')
  t.equal(sum('0.1', '0.2'), '0.3')
  t.equal(sum('0.5', '0.50'), '1')
  t.equal(sum('9', '1'), '10')
  t.equal(sum('0.00000000000000000001', '99999999999999999999'), '99999999999999999999.00000000000000000001')
})
