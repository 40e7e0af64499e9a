import t from 'tap'
import { heatmap, type Cell } from '../../../lib/cli/terminal/heatmap.js'
import { datesOf, isoDate, weekday } from '../../../lib/domain/dates.js'

const cell = (date: string, glyph = '#'): Cell => ({ date: isoDate(date), glyph, colour: 'green' })
const weekdays = (start: string, end: string): Cell[] =>
  [...datesOf({ start: isoDate(start), end: isoDate(end) })].filter((date) => weekday(date) % 6 !== 0).map((date) => cell(date))

await t.test('a short range shows the day of the month, a column a week', async (t) => {
  const cells = [cell('2016-11-28', 'M'), cell('2016-11-29'), cell('2016-12-05'), cell('2016-12-09', 'h')]
  t.equal(heatmap(cells, { columns: 80, colour: false }), [
    '2016 Nov  Dec',
    'Mon  28M   5#',
    'Tue  29#',
    'Wed',
    'Thu',
    'Fri        9h',
  ].join('\n'))
})

await t.test('a Saturday file brings the weekend\'s lines', async (t) => {
  t.match(heatmap([cell('2016-11-25'), cell('2016-11-26')], { columns: 80, colour: false }), /Fri {2}25#\nSat {2}26#\nSun$/)
})

await t.test('whatever the range, no line is wider than the terminal', async (t) => {
  for (const [start, end] of [['2016-11-21', '2016-11-28'], ['2017-03-01', '2017-03-31'], ['2016-01-01', '2016-12-31'], ['2016-11-01', '2017-04-01'], ['2004-01-01', '2026-12-31']] as const) {
    for (const columns of [80, 120, 200]) {
      const drawn = heatmap(weekdays(start, end), { columns, colour: false })
      t.ok(drawn.split('\n').every((line) => line.length <= columns), `${start} to ${end} in ${columns}`)
      t.equal(drawn.split('#').length - 1, weekdays(start, end).length, 'every cell is there')
    }
  }
})

await t.test('years stand beside each other where there is room', async (t) => {
  const cells = weekdays('2004-01-01', '2009-12-31')
  t.equal(heatmap(cells, { columns: 80, colour: false }).split('\n').length, 6 * 6 + 5)
  t.match(heatmap(cells, { columns: 130, colour: false }).split('\n')[0], /^2004 Jan.*2005 Jan/)
})

await t.test('colour changes no character', async (t) => {
  const cells = weekdays('2016-11-01', '2017-04-01')
  const [plain, coloured] = [false, true].map((colour) => heatmap(cells, { columns: 80, colour }))
  t.match(coloured, '\x1b[32m#\x1b[39m')
  // eslint-disable-next-line no-control-regex
  t.equal(coloured?.replace(/\x1b\[\d+m/g, ''), plain)
})

await t.test('no cell is no picture', async (t) => {
  t.equal(heatmap([], { columns: 80, colour: false }), '')
})
