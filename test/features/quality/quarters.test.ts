import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { quartersOf } from '../../../lib/features/quality/quarters.js'

const pieces = (start: string, end: string): string[] => quartersOf({ start: isoDate(start), end: isoDate(end) }).map((piece) => `${piece.start} ${piece.end}`)

await t.test('a range is cut where quarters end, also at the year\'s end', async (t) => {
  t.same(pieces('2016-11-21', '2017-04-01'), ['2016-11-21 2016-12-31', '2017-01-01 2017-03-31', '2017-04-01 2017-04-01'])
  t.same(pieces('2017-05-01', '2017-05-01'), ['2017-05-01 2017-05-01'])
})
