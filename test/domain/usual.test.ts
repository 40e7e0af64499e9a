import t from 'tap'
import { isoDate } from '../../lib/domain/dates.js'
import { coverage, median, unknownShare, usualAround, usualAroundEach, WINDOW, type DaySize } from '../../lib/domain/usual.js'

/** A session with so many bars, and so many of a hundred rows unknown. */
const day = (rowCount: number, unknown = 0): DaySize => ({ date: isoDate('2016-11-21'), rowCount, read: 100, unknown })

await t.test('the median is the middle, or the mean of the two middle values', async (t) => {
  t.equal(median([]), undefined)
  t.equal(median([7]), 7)
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([1, 100, 3, 5]), 4)
})

await t.test('a session is held against those before it', async (t) => {
  const steady = Array.from({ length: WINDOW }, () => day(100, 2))
  t.same(usualAround([day(1), ...steady, day(50), day(7)], WINDOW + 1), { rowCount: 100, unknown: 2 }, 'neither itself nor one further back nor one after')
})

await t.test('where there are fewer before it, those after make up for them, so that the first one is held against something', async (t) => {
  const sessions = [day(50), day(100), day(102), ...Array.from({ length: WINDOW }, () => day(104))]
  t.same(usualAround(sessions, 0), { rowCount: 104, unknown: 0 })
  t.same(usualAround([day(50), day(100)], 0), { rowCount: 100, unknown: 0 })
  t.same(usualAround([day(50, 40), day(100, 10), day(110, 20)], 1), { rowCount: 80, unknown: 30 }, 'one before and one after')
  t.equal(usualAround([day(50)], 0), undefined)
})

await t.test('what is usual around each of many sessions is what is usual around one', async (t) => {
  // Of few different values, in no order: many are alike.
  const sessions = Array.from({ length: 4 * WINDOW }, (_, at) => day(100 + ((at * at * 7) % 13), (at * 5) % 7))
  t.same(usualAroundEach(sessions), sessions.map((_, at) => usualAround(sessions, at)))
  t.same(usualAroundEach(sessions.slice(0, 3)), [0, 1, 2].map((at) => usualAround(sessions.slice(0, 3), at)), 'also of few')
  t.same(usualAroundEach([]), [])
})

await t.test('coverage is the share of the usual count, unknown without anything to compare with', async (t) => {
  t.equal(coverage(8000, { rowCount: 10_000, unknown: 0 }), 80)
  t.equal(coverage(8000, undefined), null)
  t.equal(coverage(8000, { rowCount: 0, unknown: 0 }), null)
})

await t.test('the share of unknown rows is one of all rows', async (t) => {
  t.equal(unknownShare({ read: 200, unknown: 50 }), 25)
  t.equal(unknownShare({ read: 0, unknown: 0 }), 0)
})
