import { Readable } from 'node:stream'
import t from 'tap'
import { numberIn, parseBars } from '../../../../lib/features/quality/check/parse-bars.js'
import { Random } from '../../../helpers/random.js'

const read = (text: string): number => numberIn(Buffer.from(text), 0, text.length)

await t.test('a number is what Number makes of its text, to the last bit', (t) => {
  for (const text of ['0', '-0', '10', '-9', '0.1', '0.30000000000000004', '1442048636.45', '33278552.153126', '999999999999999', '9999999999999999', '12345678901234567890.12345678901234567890', '0.00000000000000000000001', 'NaN', 'Infinity', '-Infinity']) {
    t.ok(Object.is(read(text), Number(text)), text)
  }
  const random = new Random(3)
  const wrong = Array.from({ length: 20_000 }, () => (random.next() * 10 ** random.below(12)).toFixed(random.below(10))).filter((text) => read(text) !== Number(text))
  t.same(wrong, [])
  t.end()
})

await t.test('lines come whole, wherever the chunks end', async (t) => {
  const lines = ['1\t10.5\t-2', '22\t0.25\t3', '333\t1\t1442048636.45']
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
    const bars: string[] = []
    await parseBars(Readable.from(chunks), 3, (fields) => bars.push([...fields].join('\t')))
    t.same(bars, lines)
  }
})
