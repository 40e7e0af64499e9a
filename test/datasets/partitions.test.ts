import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { MINUTE_AGGS } from '../../lib/datasets/minute.js'
import { partitionsOf } from '../../lib/datasets/partitions.js'
import type { Dataset } from '../../lib/datasets/dataset.js'
import { isoDate } from '../../lib/domain/dates.js'

const pieces = (dataset: Dataset, start: string, end: string): string[] =>
  partitionsOf(dataset, { start: isoDate(start), end: isoDate(end) }).map((piece) => `${piece.start} ${piece.end}`)

await t.test('a range is cut where quarters end, also at the year\'s end', async (t) => {
  t.same(pieces(DAY_AGGS, '2016-11-21', '2017-04-01'), ['2016-11-21 2016-12-31', '2017-01-01 2017-03-31', '2017-04-01 2017-04-01'])
  t.same(pieces(DAY_AGGS, '2017-05-01', '2017-05-01'), ['2017-05-01 2017-05-01'])
})

await t.test('or where months end, where a partition is one', async (t) => {
  t.same(pieces(MINUTE_AGGS, '2016-11-21', '2017-01-31'), ['2016-11-21 2016-11-30', '2016-12-01 2016-12-31', '2017-01-01 2017-01-31'])
})
