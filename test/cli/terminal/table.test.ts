import t from 'tap'
import { table, type Column } from '../../../lib/cli/terminal/table.js'

const columns: Column[] = [
  { title: 'date' }, { title: 'read', align: 'right', leaves: 1 }, { title: 'inserted', align: 'right' },
  { title: 'updated', align: 'right', leaves: 2 }, { title: 'removed', align: 'right', leaves: 3 }, { title: 'remark', cut: true },
]
const rows = [['2016-11-25', 1234, 1200, 7, 0, 'the day after Thanksgiving, which ends early'], ['2016-11-26', null, null, null, null, '']]
const at = (room?: number) => table(columns, rows, room).split('\n')
const widest = (lines: string[]) => Math.max(...lines.map((line) => line.length))

await t.test('a table that has room is shown whole', async (t) => {
  const whole = at()
  t.equal(whole[0], 'date         read  inserted  updated  removed  remark')
  t.match(whole[1], /which ends early$/)
  t.same(at(widest(whole)), whole)
})

await t.test('where the room is short text is cut, then columns leave: those that say nothing first, then by their rank', async (t) => {
  for (const [room, titles] of [[85, 'date read inserted updated removed remark'], [66, 'date read inserted updated remark'], [57, 'date inserted updated remark'], [45, 'date inserted remark']] as const) {
    const lines = at(room)
    t.equal(lines[0]!.split(/ +/).join(' '), titles, String(room))
    t.ok(widest(lines) <= room, `${widest(lines)} of ${room}`)
    t.match(lines[1], /…$/)
  }
})

await t.test('what may neither leave nor be cut is shown all the same', async (t) => {
  t.same(at(10).map((line) => line.slice(0, 20)), ['date        inserted', '2016-11-25     1,200', '2016-11-26         -'])
  t.equal(table([{ title: 'a' }, { title: 'b' }], [['long', 'long']], 3), 'a     b\nlong  long')
})
