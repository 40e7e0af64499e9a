import t from 'tap'
import { coverage, median } from '../../lib/status/coverage.js'

await t.test('the median is the middle, or the mean of the two middle values', async (t) => {
  t.equal(median([]), undefined)
  t.equal(median([7]), 7)
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([1, 100, 3, 5]), 4)
})

await t.test('coverage is the share of the usual count, unknown without anything before', async (t) => {
  t.equal(coverage(8000, [10_000, 10_000, 2]), 80)
  t.equal(coverage(8000, []), null)
  t.equal(coverage(8000, [0]), null)
})
