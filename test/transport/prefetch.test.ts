import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { SourceError } from '../../lib/domain/errors.js'
import { prefetching } from '../../lib/transport/prefetch.js'
import type { ObjectAccess, StoredObject } from '../../lib/transport/transport.js'

const MIB = 1024 ** 2

/** A source whose bodies end when they are told to, and which notes what is opened and what is under way. */
function slowSource() {
  const opened: string[] = []
  const waiting = new Map<string, (failure?: Error) => void>()
  const source: ObjectAccess = {
    versionOf: async () => undefined,
    async open(file, signal) {
      opened.push(file.key)
      const ended = new Promise<void>((resolve, reject) => {
        waiting.set(file.key, (failure) => (failure ? reject(failure) : resolve()))
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      })
      ended.catch(() => {})
      return Readable.from((async function* body() {
        yield Buffer.from(`${file.key} begins, `)
        await ended
        yield Buffer.from('ends')
      })())
    },
    async close() {},
  }
  return { source, opened, waiting, end: (key: string, failure?: Error) => waiting.get(key)!(failure) }
}

const files = (count: number, size: number | undefined): StoredObject[] =>
  Array.from({ length: count }, (_, index) => ({ key: `file ${index}`, size, version: `etag:${index}` }))
const never = new AbortController().signal
const keys = (count: number) => files(count, 0).map(({ key }) => key)

await t.test('bodies are fetched ahead in order, as many as connections are wanted, and arrive whole', async (t) => {
  const { source, opened, end } = slowSource()
  const list = files(20, 100)
  const { source: ahead, stop } = prefetching(source, list, never)
  const first = await ahead.open(list[0]!, never)
  t.same(opened, keys(12), 'twelve at once, the first among them')
  end('file 0')
  t.equal((await buffer(first)).toString(), 'file 0 begins, ends')
  t.same(opened, keys(13), 'one was taken, one more is under way')
  const second = buffer(await ahead.open(list[1]!, never))
  end('file 1')
  t.equal((await second).toString(), 'file 1 begins, ends')
  stop()
})

await t.test('bytes ahead stay within the budget', async (t) => {
  const { source, opened, end } = slowSource()
  const list = files(5, 12 * MIB)
  const { source: ahead, stop } = prefetching(source, list, never)
  const first = await ahead.open(list[0]!, never)
  t.same(opened, keys(2), 'a third would be too much')
  end('file 0')
  await buffer(first)
  t.same(opened, keys(3))
  stop()
})

await t.test('files that are too large, of unknown size, or opened again are read as they come', async (t) => {
  for (const size of [33 * MIB, undefined]) {
    const { source, opened, end } = slowSource()
    const list = files(2, size)
    const { source: ahead, stop } = prefetching(source, list, never)
    const stream = await ahead.open(list[0]!, never)
    t.same(opened, ['file 0'], 'nothing ahead')
    end('file 0')
    t.equal((await buffer(stream)).toString(), 'file 0 begins, ends')
    const again = await ahead.open(list[0]!, never)
    end('file 0')
    t.equal((await buffer(again)).toString(), 'file 0 begins, ends')
    stop()
  }
})

await t.test('what fails ahead fails when it is read, and the next file does not', async (t) => {
  const { source, end } = slowSource()
  const list = files(2, 100)
  const { source: ahead, stop } = prefetching(source, list, never)
  const first = await ahead.open(list[0]!, never)
  end('file 0', new SourceError('SOURCE_CHECKSUM', 'damaged'))
  await t.rejects(buffer(first), { code: 'SOURCE_CHECKSUM' })
  const second = await ahead.open(list[1]!, never)
  end('file 1')
  t.equal((await buffer(second)).toString(), 'file 1 begins, ends')
  stop()
})

await t.test('an abort ends a reading with its reason, also while the body is still under way; a stop ends the others', async (t) => {
  const { source } = slowSource()
  const list = files(3, 100)
  const { source: ahead, stop } = prefetching(source, list, never)
  const abort = new AbortController()
  const stream = await ahead.open(list[0]!, abort.signal)
  const reading = buffer(stream)
  abort.abort(new Error('that is enough'))
  await t.rejects(reading, { message: 'that is enough' })
  const other = buffer(await ahead.open(list[1]!, never))
  stop()
  await t.rejects(other, { message: 'no longer wanted' })
})
