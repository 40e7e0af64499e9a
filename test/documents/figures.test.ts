import t from 'tap'
import { counted, few, percentText } from '../../lib/documents/figures.js'

await t.test('a share that is not nothing is not told as 0 %, and one that is not all not as 100 %', async (t) => {
  t.same([0, 0.003, 0.1, 0.38, 99.99, 100].map(percentText), ['0.0 %', 'less than 0.1 %', '0.1 %', '0.3 %', '99.9 %', '100.0 %'])
})

await t.test('so many of something have its plural unless they are one, and thousands are separated', async (t) => {
  t.same([counted(0, 'row'), counted(1, 'row'), counted(2345, 'row')], ['0 rows', '1 row', '2,345 rows'])
  t.same([counted(1, 'security', 'securities'), counted(3, 'security', 'securities')], ['1 security', '3 securities'])
})

await t.test('a few of many are named, with how many there are besides', async (t) => {
  t.equal(few(['A', 'B', 'C'], 3), 'A, B, C')
  t.equal(few(['A', 'B', 'C'], 2), 'A, B and 1 more')
})
