import t from 'tap'
import { none } from 'stream-chain'
import { csvLines } from '../../lib/formats/csv.js'
import { wholeLines, type LineLimits } from '../../lib/formats/lines.js'

/** The lines of a text cut into chunks of a size, as `number:field|field`. */
function linesOf(text: string, size: number, limits: Partial<LineLimits> = {}): string[] {
  const step = wholeLines({ maxLineBytes: 1000, maxFileLines: 1000, ...limits })
  const bytes = Buffer.from(text, 'latin1')
  const found: string[] = []
  const take = (block: ReturnType<typeof step>) => {
    if (block === none) return
    for (const { line, fields } of csvLines(block).lines) found.push(`${line}:${fields?.join('|') ?? 'malformed'}`)
  }
  for (let at = 0; at < bytes.length; at += size) take(step(bytes.subarray(at, at + size)))
  take(step(none as never))
  return found
}

const everySize = (text: string): number[] => Array.from({ length: text.length + 1 }, (_, index) => index + 1)

await t.test('lines are the same wherever the chunks are cut', async (t) => {
  const text = '\xef\xbb\xbfa,b\r\n1,2\r\n\n3,"4,5"\n\n\n6\n"7,8\n9,10'
  for (const size of everySize(text)) t.same(linesOf(text, size), ['1:a|b', '2:1|2', '4:3|4,5', '7:6', '8:malformed', '9:9|10'], `chunks of ${size}`)
})

await t.test('a line that is too long is named, wherever the chunks are cut', async (t) => {
  const text = `a,b\n${'x'.repeat(20)}\n${'y'.repeat(21)}\nz\n`
  for (const size of everySize(text)) t.throws(() => linesOf(text, size, { maxLineBytes: 20 }), { code: 'SOURCE_LINE_TOO_LONG', message: 'line 3 is longer than 20 bytes' }, `chunks of ${size}`)
  t.same(linesOf(text, 7, { maxLineBytes: 21 }).length, 4)
})

await t.test('a file of too many lines is refused, blank ones counted, wherever the chunks are cut', async (t) => {
  for (const text of ['a,b\n\n\n\n', 'a,b\n\n\n5', 'a,b\r\n\r\n\r\n\r\n\r\n']) {
    for (const size of everySize(text)) {
      t.throws(() => linesOf(text, size, { maxFileLines: 3 }), { code: 'SOURCE_TOO_MANY_LINES', message: 'line 4 is one more than the 3 lines a file may have', hint: /--max-file-lines/ })
    }
  }
  for (const text of ['a,b\n\n3\n', 'a,b\n\n3']) {
    for (const size of everySize(text)) t.same(linesOf(text, size, { maxFileLines: 3 }), ['1:a|b', '3:3'])
  }
})

await t.test('a raw row is given back byte for byte', async (t) => {
  const step = wholeLines({ maxLineBytes: 1000, maxFileLines: 1000 })
  const block = step(Buffer.from([0x61, 0x0a, 0xff, 0x00, 0x80, 0x0d, 0x0a, 0x62, 0x0a]))
  t.not(block, none)
  const csv = csvLines(block as Exclude<typeof block, typeof none>)
  t.same(csv.raw(2), Buffer.from([0xff, 0x00, 0x80]))
  t.same(csv.raw(3), Buffer.from('b'))
})
