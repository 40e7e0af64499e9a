import t from 'tap'
import { priceOf } from '../../../lib/providers/alpha-vantage/files.js'
import { ratioOf } from '../../../lib/providers/alpha-vantage/ratio.js'

await t.test('a factor is the ratio that it was before it was written with few decimals, where there is one', async (t) => {
  for (const [factor, from, to] of [
    // AAPL 2020, TSLA 2022, NVDA 2024, GE 2021, USO 2020.
    ['4.0000', '1', '4'], ['3.0', '1', '3'], ['10.0000', '1', '10'], ['0.1250', '8', '1'], ['50.0000', '1', '50'], ['20', '1', '20'],
    ['1.5000', '2', '3'], ['1.3333', '3', '4'], ['0.6667', '3', '2'], ['0.3333', '3', '1'], ['0.0667', '15', '1'], ['0.1429', '7', '1'], ['0.0333', '30', '1'], ['0.0020', '500', '1'],
    // What spin-offs leave, among them IBM's of 2021, is no ratio of shares; nor is what could be more than one.
    ['1.0460', '1', '1.046'], ['1.2810', '1', '1.281'], ['0.0670', '1', '0.067'], ['0.0029', '1', '0.0029'],
  ] as const) t.same(ratioOf(factor), { from, to }, factor)
})

await t.test('a price that became a float on its way is the one it was, and no other is changed', async (t) => {
  for (const [written, price] of [
    ['236.13099999999997', '236.1310'], ['0.30000000000000004', '0.3000'], ['0.00009999999999999999', '0.0001'], ['298.85821743109733', '298.85821743109733'], ['219.3', '219.3'], ['236.13101', '236.13101'],
    ['1e2', '1e2'], ['', ''], ['-236.13099999999997', '-236.13099999999997'],
  ] as const) t.equal(priceOf(written), price, written)
})
