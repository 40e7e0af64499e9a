import t from 'tap'
import { SecuritySet } from '../../lib/domain/security-set.js'
import { freshDatabase } from '../helpers/database.js'
import { Random } from '../helpers/random.js'

await t.test('it has what was added and not deleted, as a set of numbers has, in order and however large they are', async (t) => {
  const random = new Random(19)
  for (const largest of [1, 8, 9, 1000, 8191, 8192, 100_000]) {
    const [set, plain] = [new SecuritySet(), new Set<number>()]
    for (let step = 0; step < 500; step++) {
      const symbolId = random.below(largest + 1)
      if (random.chance(0.7)) {
        set.add(symbolId)
        plain.add(symbolId)
      } else {
        set.delete(symbolId)
        plain.delete(symbolId)
      }
    }
    const inOrder = [...plain].sort((a, b) => a - b)
    t.same([...set], inOrder, `up to ${largest}`)
    t.ok(Array.from({ length: 500 }, () => random.below(2 * largest + 2)).every((symbolId) => set.has(symbolId) === plain.has(symbolId)))
    t.equal(set.toBytes().length, inOrder.length === 0 ? 0 : (inOrder.at(-1)! >>> 3) + 1, 'no byte of none at the end')
    const again = new SecuritySet(set.toBytes())
    t.same([...again], inOrder, 'and comes back from its bytes')
    again.add(3 * largest)
    t.same([...again], [...inOrder.filter((symbolId) => symbolId !== 3 * largest), 3 * largest], 'which may grow')
  }
})

await t.test('what was never there is deleted without a trace, and an empty one has no bytes', async (t) => {
  const set = new SecuritySet()
  t.same([[...set], set.toBytes().length, set.has(0)], [[], 0, false])
  set.delete(1_000_000)
  set.add(7)
  set.delete(7)
  t.same([[...set], set.toBytes().length], [[], 0])
})

await t.test('PostgreSQL reads the same out of its bytes, and writes the same', async (t) => {
  const { pool } = await freshDatabase(t)
  const random = new Random(20)
  const symbolIds = [...new Set([0, 7, 8, ...Array.from({ length: 300 }, () => 1 + random.below(9000))])].sort((a, b) => a - b)
  const set = new SecuritySet()
  for (const symbolId of symbolIds) set.add(symbolId)
  const { rows: [read] } = await pool.query<{ ids: number[] }>(`select array(select id from generate_series(0, 8 * length($1::bytea) - 1) id where get_bit($1, id) = 1 order by id) as ids`, [set.toBytes()])
  t.same(read!.ids, symbolIds)

  const mark = async (securities: Buffer, ids: readonly number[] | null, hasBars: boolean) =>
    (await pool.query<{ securities: Buffer }>('select ohlcv_mark_securities($1, $2, $3) as securities', [securities, ids, hasBars])).rows[0]!.securities
  t.ok((await mark(Buffer.alloc(0), symbolIds, true)).equals(set.toBytes()))
  const gone = symbolIds.filter((_, index) => index % 3 === 0)
  for (const symbolId of gone) set.delete(symbolId)
  const marked = await mark(await mark(Buffer.alloc(0), symbolIds, true), [...gone, 9500], false)
  t.same([...new SecuritySet(marked)], [...set])
  t.ok((await mark(set.toBytes(), null, true)).equals(set.toBytes()), 'none at all changes nothing')
})
