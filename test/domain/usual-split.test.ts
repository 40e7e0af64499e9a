import t from 'tap'
import { parseDecimal } from '../../lib/domain/decimal.js'
import { isUsualSplit } from '../../lib/domain/usual-split.js'

function isUsual(from: string, to: string): boolean {
  const exact = (text: string) => parseDecimal(text, (fault) => {
    throw new Error(`${text}: ${fault}`)
  })!
  return isUsualSplit({ from: exact(from), to: exact(to) })
}

await t.test('ratios that splits have are usual, however they are written', async (t) => {
  for (const [from, to, what] of [
    ['1', '4', 'AAPL in 2020'], ['1', '7', 'AAPL in 2014'], ['8', '1', 'GE in 2021'], ['2', '3', 'three for two'], ['19', '20', 'twenty for nineteen'], ['20', '1', 'one for twenty'],
    ['1', '1.5', 'three for two as a decimal'], ['0.125', '1', 'eight for one as a decimal'], ['1', '2e+06', 'a ratio written as a float'], ['2.5e+01', '1', 'one for 25'], ['100', '400', 'four for one, not in lowest terms'],
    ['1', '1000000', 'with one share on a side, whatever the other'], ['1', '20000000000000000001', 'with more digits than a float has'],
  ] as const) t.ok(isUsual(from, to), what)
})

await t.test('ratios that follow from prices, as those of spin-offs do, are not usual', async (t) => {
  for (const [from, to, what] of [
    ['1000', '1281', 'GE in 2023, a spin-off'], ['1', '1.281', 'the same as a decimal'], ['20', '21', 'more than 20 on one side'], ['0.142857', '1', 'seven for one, but rounded'], ['1', '1.0000000001', 'next to nothing'],
    ['0', '1', 'from nothing'], ['1', '0', 'to nothing'],
  ] as const) t.notOk(isUsual(from, to), what)
})
