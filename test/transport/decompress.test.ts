import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { SourceError } from '../../lib/domain/errors.js'
import { decompress, type Decompressed } from '../../lib/transport/decompress.js'

const LINE = 'AAPL,1,2,3,4,5,6,7\n'
const TEXT = Buffer.from(LINE.repeat(1000))
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function read(chunks: Iterable<Buffer>, maxFileBytes = 1e9): Promise<Decompressed & { text: Buffer; body: Readable }> {
  const body = Readable.from(chunks, { objectMode: false })
  const { stage, result } = decompress({ name: '2024-01-02.csv.gz', maxFileBytes, withVersion: true })
  const parts: Buffer[] = []
  await pipeline(body, stage, async (bytes: AsyncIterable<Buffer>) => {
    for await (const part of bytes) parts.push(part)
  })
  return { ...result(), text: Buffer.concat(parts), body }
}

const singly = (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.from([byte]))
const at = (bytes: Buffer, position: number) => [bytes.subarray(0, position), bytes.subarray(position)]

await t.test('gzip is told from plain text by its bytes, however they are cut', async (t) => {
  const gzipped = gzipSync(TEXT)
  for (const stored of [TEXT, gzipped]) {
    for (const chunks of [[stored], at(stored, 1), singly(stored)]) {
      const { text, sizeBytes, sha256: stamp, contentBytes, version } = await read(chunks)
      t.ok(text.equals(TEXT))
      t.equal(sizeBytes, stored.length)
      t.equal(stamp, sha256(stored), 'the SHA-256 of the bytes as they came')
      t.equal(contentBytes, TEXT.length)
      t.equal(version, `sha256:${sha256(TEXT)}`, 'the same version packed or not')
    }
  }
})

await t.test('an empty file and a file of one byte are plain', async (t) => {
  t.equal((await read([])).sizeBytes, 0)
  t.same((await read([Buffer.from([0x1f])])).text, Buffer.from([0x1f]))
})

await t.test('gzip members may follow one another', async (t) => {
  const members = [gzipSync(TEXT), gzipSync(Buffer.alloc(0)), gzipSync('more\n')]
  for (const chunks of [members, [Buffer.concat(members)], singly(Buffer.concat(members))]) {
    t.ok((await read(chunks)).text.equals(Buffer.concat([TEXT, Buffer.from('more\n')])))
  }
})

await t.test('gzip cut short anywhere is refused', async (t) => {
  const gzipped = gzipSync(TEXT)
  for (const length of [2, 9, 10, 11, 40, gzipped.length - 8, gzipped.length - 1]) {
    await t.rejects(read([gzipped.subarray(0, length)]), { code: 'SOURCE_GZIP_TRUNCATED', message: /^2024-01-02\.csv\.gz is cut short/ }, `${length} bytes`)
  }
  await t.rejects(read([gzipped, gzipped.subarray(0, 20)]), { code: 'SOURCE_GZIP_TRUNCATED' }, 'in the second member')
})

await t.test('damaged gzip is refused, down to one bit of its checksum or length', async (t) => {
  const gzipped = gzipSync(TEXT)
  for (const position of [2, gzipped.length - 6, gzipped.length - 1]) {
    const damaged = Buffer.from(gzipped)
    damaged.writeUInt8(damaged.readUInt8(position) ^ 1, position)
    await t.rejects(read([damaged]), { code: 'SOURCE_GZIP_CORRUPT' }, `byte ${position}`)
  }
})

await t.test('no flipped bit changes the text unnoticed', async (t) => {
  const text = Buffer.from('ticker,volume\nA,1\n')
  const gzipped = gzipSync(text)
  let refused = 0
  for (let bit = 16; bit < gzipped.length * 8; bit++) {
    const damaged = Buffer.from(gzipped)
    damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    const outcome = await read([damaged]).catch((error: unknown) => error)
    if (outcome instanceof SourceError) refused++
    else if (!(outcome as { text: Buffer }).text.equals(text)) t.fail(`bit ${bit} changed the text`)
  }
  // what may differ: flags, time, level and system in the header, and the unused bits before the checksum
  t.ok(refused >= gzipped.length * 8 - 16 - 7 * 8 - 7, `${refused} refused`)
})

await t.test('bytes after the gzip data are refused, zeros and text alike', async (t) => {
  const gzipped = gzipSync(TEXT)
  for (const junk of [Buffer.alloc(1), Buffer.alloc(10), Buffer.alloc(300_000), Buffer.from('\n\n'), Buffer.from('<html>'), Buffer.alloc(300_000, 'a')]) {
    for (const chunks of [[gzipped, junk], [Buffer.concat([gzipped, junk])], [...singly(gzipped), ...singly(junk.subarray(0, 50))]]) {
      await t.rejects(read(chunks), { name: 'SourceError', code: 'SOURCE_TRAILING_BYTES' }, `${junk.length} ${junk[0]} in ${chunks.length}`)
    }
  }
  await t.rejects(read([gzipped, Buffer.from('x')]), { code: 'SOURCE_GZIP_TRUNCATED' }, 'one byte could still be the beginning of a member')
})

await t.test('more bytes than allowed are refused long before the end, gzipped or not', async (t) => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  await t.rejects(read([bomb], 1e6), { code: 'SOURCE_TOO_LARGE', message: /more than 1000000 bytes/, hint: /--max-file-bytes/ })
  await t.rejects(read([TEXT], TEXT.length - 1), { code: 'SOURCE_TOO_LARGE' })
  t.equal((await read([TEXT], TEXT.length)).contentBytes, TEXT.length, 'exactly as many are fine')
})

await t.test('an error of the body passes through as it is, in the middle of either kind', async (t) => {
  for (const stored of [TEXT, gzipSync(TEXT)]) {
    const broken = new SourceError('SOURCE_NETWORK', 'the connection broke')
    const chunks = function* () {
      yield stored.subarray(0, 50)
      throw broken
    }
    await t.rejects(read(chunks() as Iterable<Buffer>), broken)
  }
})

await t.test('a later stage that fails ends the body, also one that is stalled', async (t) => {
  for (const stored of [TEXT, gzipSync(TEXT)]) {
    const body = new Readable({ read() {} })
    body.push(stored.subarray(0, 200))
    const { stage } = decompress({ name: 'x', maxFileBytes: 1e9, withVersion: false })
    const stop = new AbortController()
    const failed = pipeline(body, stage, async (bytes: AsyncIterable<Buffer>) => {
      for await (const _ of bytes) stop.abort(new Error('stop'))
    }, { signal: stop.signal })
    if (stored !== TEXT) stop.abort(new Error('stop'))
    await t.rejects(failed)
    t.ok(body.destroyed)
  }
})

await t.test('no version is computed unless asked for', async (t) => {
  const { stage, result } = decompress({ name: 'x', maxFileBytes: 1e9, withVersion: false })
  for await (const _ of stage(Readable.from([TEXT]))) continue
  t.equal(result().version, undefined)
  t.equal(result().sha256, sha256(TEXT))
})
