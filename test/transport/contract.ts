import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import type { ListedObject, SingleObject, Transport, Wanted } from '../../lib/transport/transport.js'

/** A transport under test and the place it reads, which may be changed; paths are those below the place. */
export interface Place {
  transport: Transport
  put: (path: string, bytes: Buffer) => Promise<void>
  remove: (path: string) => Promise<void>
}

export const SIGNAL = new AbortController().signal

/** The folders of `files/`, to be listed. */
export const wanted = (...folders: string[]): Wanted => ({ folder: 'files', folders: folders.map((folder) => `files/${folder}`), form: 'files/YEAR/LETTER/NAME' })

export async function listed(transport: Transport, what: Wanted, signal = SIGNAL): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  for await (const object of transport.list(what, signal)) found.push(object)
  return found
}

/** The listed object of a path. */
export async function objectOf(transport: Transport, path: string): Promise<ListedObject> {
  const folder = path.slice('files/'.length, path.lastIndexOf('/'))
  const object = (await listed(transport, wanted(folder))).find((object) => object.path === path)
  if (!object) throw new Error(`${path} is not listed`)
  return object
}

const SOME = gzipSync('some\n')
const PATH = 'files/2024/a/one'

/** What every transport that holds many objects promises. */
export async function transportContract(t: Test, place: (t: Test) => Promise<Place>): Promise<void> {
  await t.test('what lies directly in the folders wanted is listed, and nothing else', async (t) => {
    const { transport, put } = await place(t)
    const others = ['files/2023/a/no', 'files/2023/bb/no', 'files/2024/a/deeper/no', 'files/2024/no', 'files/2024/c/no', 'files/no', 'files_old/2023/b/no', 'other/2023/b/no', 'no']
    const paths = ['files/2023/b/one', 'files/2023/b/two', 'files/2024/a/one', 'files/2024/a/one.tmp']
    for (const path of [...others, ...paths]) await put(path, SOME)
    const found = (await listed(transport, wanted('2023/b', '2024/a', '2024/b'))).filter(({ path }) => path !== 'files/2024/a/deeper')
    t.same(found.map(({ path }) => path), paths)
    for (const { path, key, size } of found) {
      t.equal(size, SOME.length)
      t.ok(key.endsWith(path), key)
    }
    t.same(await listed(transport, wanted('2022/a', '2025/a')), [])
  })

  await t.test('an object arrives byte by byte as it is stored', async (t) => {
    const { transport, put } = await place(t)
    const bytes = randomBytes(3_000_001)
    await put(PATH, bytes)
    t.ok((await buffer(await transport.open(await objectOf(transport, PATH), SIGNAL))).equals(bytes))
  })

  await t.test('a version lasts as long as the content does', async (t) => {
    const { transport, put } = await place(t)
    const version = async () => transport.versionOf(await objectOf(transport, PATH), SIGNAL)
    await put(PATH, SOME)
    const first = await version()
    t.match(first, /^(etag|sha256):/)
    t.equal(await version(), first)
    await put(PATH, gzipSync('other\n'))
    t.not(await version(), first)
  })

  await t.test('a path without an object is absent, and an object that went after the listing fails alone', async (t) => {
    const { transport, put, remove } = await place(t)
    await put(PATH, SOME)
    t.equal(await transport.probe('files/2024/a/two', SIGNAL), 'absent')
    const object = await objectOf(transport, PATH)
    await remove(PATH)
    await t.rejects(transport.open(object, SIGNAL).then(buffer), { name: 'SourceError', code: 'SOURCE_GONE' })
  })

  await t.test('an object that is cut between two gzip members after the listing, or replaced by another, fails alone', async (t) => {
    const { transport, put } = await place(t)
    const whole = Buffer.concat([SOME, gzipSync('B\n')])
    for (const other of [SOME, Buffer.concat([whole, gzipSync('C\n')])]) {
      await put(PATH, whole)
      const object = await objectOf(transport, PATH)
      await put(PATH, other)
      await t.rejects(transport.open(object, SIGNAL).then(buffer), { name: 'SourceError', code: /^SOURCE_(LENGTH|REPLACED)$/, hint: /load the date again/ })
      t.ok((await buffer(await transport.open(await objectOf(transport, PATH), SIGNAL))).equals(other), 'listed anew, it is what it is')
    }
  })

  await t.test('a signal stops it before it begins and in the middle of a body', async (t) => {
    const { transport, put } = await place(t)
    await put(PATH, randomBytes(5_000_000))
    const reason = new Error('stopped')
    const object = await objectOf(transport, PATH)
    await t.rejects(listed(transport, wanted('2024/a'), AbortSignal.abort(reason)), reason)
    await t.rejects(transport.open(object, AbortSignal.abort(reason)), reason)
    const stop = new AbortController()
    const body = await transport.open(object, stop.signal)
    const read = async () => {
      for await (const _ of body) stop.abort(reason)
    }
    await t.rejects(read(), reason)
    t.ok(body.destroyed)
  })

  await t.test('it can be closed twice, and says where it is', async (t) => {
    const { transport } = await place(t)
    t.ok(transport.uri.length > 0)
    await transport.close()
    await transport.close()
  })
}

/** What every object that is named by itself promises. */
export async function singleContract(t: Test, single: (t: Test, bytes: Buffer) => SingleObject): Promise<void> {
  await t.test('it arrives byte by byte as it is stored', async (t) => {
    const bytes = randomBytes(3_000_001)
    const one = single(t, bytes)
    t.ok((await buffer(await one.open(one.object, SIGNAL))).equals(bytes))
    t.ok([bytes.length, undefined].includes(one.object.size))
  })

  await t.test('a signal stops it in the middle of its body', async (t) => {
    const one = single(t, randomBytes(5_000_000))
    const reason = new Error('stopped')
    const stop = new AbortController()
    const body = await one.open(one.object, stop.signal)
    const read = async () => {
      for await (const _ of body) stop.abort(reason)
    }
    await t.rejects(read(), reason)
    t.ok(body.destroyed)
  })

  await t.test('it can be closed twice, and says what it is', async (t) => {
    const one = single(t, SOME)
    t.ok(one.uri.length > 0)
    await one.close()
    await one.close()
  })
}
