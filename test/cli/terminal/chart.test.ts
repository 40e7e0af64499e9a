import t from 'tap'
import { lineChart } from '../../../lib/cli/terminal/chart.js'

const points = (values: number[]): { date: string; value: string }[] => values.map((value, i) => ({ date: `2017-03-${String((i % 28) + 1).padStart(2, '0')}`, value: String(value) }))

await t.test('a chart fits the terminal, however many values there are', async (t) => {
  for (const count of [3, 30, 500]) {
    for (const columns of [40, 80, 120]) {
      const drawn = lineChart(points(Array.from({ length: count }, (_, i) => 100 + (i % 7))), columns)
      t.ok(drawn.split('\n').every((line) => line.length <= columns), `${count} in ${columns}`)
    }
  }
})

await t.test('the scale runs from the lowest to the highest value, with digits enough to tell its lines apart', async (t) => {
  const large = lineChart(points([1.5, 2.5, 3.5]), 80).split('\n')
  t.match(large[0], /^3\.50/)
  t.match(large.at(-2), /^1\.50/)
  t.match(lineChart(points([0.0001, 0.0002, 0.0003]), 80), /^0\.00030/)
})

await t.test('values that do not change are a line', async (t) => {
  t.match(lineChart(points([5, 5, 5]), 80), /^5\.00 ┼─+\n/)
})
