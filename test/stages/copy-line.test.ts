import t from 'tap'
import { STAGED_COLUMNS } from '../../lib/domain/bar.js'
import { isoDate } from '../../lib/domain/dates.js'
import { windowsOf } from '../../lib/datasets/window.js'
import { copyLine } from '../../lib/stages/copy-line.js'
import { barOf, tallyOf } from './bars.js'

const DATE = isoDate('2025-01-06')
const DAY = windowsOf({ window: 'day' }, DATE, 'America/New_York')
const MINUTES = windowsOf({ window: 'minute' }, DATE, 'America/New_York')

await t.test('a bar becomes a line of COPY, numbers digit for digit', async (t) => {
  const tally = tallyOf()
  const stage = copyLine(DAY, tally)
  t.equal(stage(barOf(7, { volume: '33278552.153126', close: '0.00000000000000000001' })), '7\t\\N\t10\t12\t9.5\t0.00000000000000000001\t33278552.153126\t3\n')
  t.equal(stage(barOf(8, { transactions: null })), '8\t\\N\t10\t12\t9.5\t11\t100\t\\N\n')
  t.equal(tally.counts.staged, 2)
})

await t.test('a minute bar has the instant of its window', async (t) => {
  t.equal(copyLine(MINUTES, tallyOf())(barOf(7, {}, { slot: 570 })), '7\t2025-01-06T14:30:00.000Z\t10\t12\t9.5\t11\t100\t3\n')
})

await t.test('a line has a field for each of the staged columns', async (t) => {
  t.equal(String(copyLine(DAY, tallyOf())(barOf(7))).split('\t').length, STAGED_COLUMNS.split(', ').length)
})
