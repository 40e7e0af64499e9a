import t from 'tap'
import { fetchedLine } from '../../lib/stages/fetched-line.js'
import { barOf, tallyOf } from './bars.js'

await t.test('a fetched bar is a line of its request, security, time, numbers and marks', async (t) => {
  const tally = tallyOf()
  const line = fetchedLine(3, 'none', { time: (slot) => `time ${slot}` }, { regular: (slot) => slot === 1, partial: (slot) => slot === 2 }, tally)
  t.equal(line(barOf(7, { transactions: null }, { slot: 1 })), '3\t7\ttime 1\t10\t12\t9.5\t11\t100\t\\N\tt\tf\tnone\n')
  t.equal(line(barOf(8, {}, { slot: 2 })), '3\t8\ttime 2\t10\t12\t9.5\t11\t100\t3\tf\tt\tnone\n')
  t.equal(tally.counts.staged, 2)
})
