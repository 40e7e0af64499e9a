import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { directoryTransport } from '../../../lib/transport/directory/directory.js'
import { listed, objectOf, SIGNAL, transportContract, wanted, type Place } from '../contract.js'

const LIMITS = { maxFileBytes: 1e9 }
const ONE = 'files/2024/a/one'

async function directory(t: { testdir(): string }): Promise<Place & { root: string }> {
  const root = t.testdir()
  await mkdir(path.join(root, 'files'))
  return {
    root,
    transport: directoryTransport(root, LIMITS),
    async put(name, bytes) {
      await mkdir(path.join(root, path.dirname(name)), { recursive: true })
      await writeFile(path.join(root, name), bytes)
    },
    remove: (name) => rm(path.join(root, name)),
  }
}

await t.test('a directory keeps the contract of transports', (t) => transportContract(t, directory))

await t.test('its version is that of the decompressed bytes, packed in whatever way', async (t) => {
  const { transport, put } = await directory(t)
  const text = Buffer.from('a,b\nA,1\n')
  for (const stored of [text, gzipSync(text), gzipSync(text, { level: 1 }), Buffer.concat([gzipSync(text.subarray(0, 5)), gzipSync(text.subarray(5))])]) {
    await put(ONE, stored)
    const object = await objectOf(transport, ONE)
    t.equal(object.version, undefined, 'the listing cannot tell')
    t.equal(await transport.versionOf(object, SIGNAL), `sha256:${createHash('sha256').update(text).digest('hex')}`)
  }
})

await t.test('a file of the very bytes of a known version has its version, any other its own', async (t) => {
  const { transport, put } = await directory(t)
  await put(ONE, gzipSync('a\nA\n'))
  const object = await objectOf(transport, ONE)
  const sha256 = createHash('sha256').update(gzipSync('a\nA\n')).digest('hex')
  t.equal(await transport.versionOf(object, SIGNAL, { sha256, version: 'etag:1' }), 'etag:1')
  t.match(await transport.versionOf(object, SIGNAL, { sha256: sha256.toUpperCase(), version: 'etag:1' }), /^sha256:/)
})

await t.test('a link to a regular file is followed; what is no regular file is listed and refused without waiting', async (t) => {
  const { transport, put, root } = await directory(t)
  await put('elsewhere/a.gz', gzipSync('a\n'))
  const folder = path.join(root, 'files/2024/a')
  await mkdir(folder, { recursive: true })
  await symlink(path.join(root, 'elsewhere/a.gz'), path.join(folder, 'link'))
  execFileSync('mkfifo', [path.join(folder, 'fifo')])
  await symlink('/dev/zero', path.join(folder, 'device'))
  await mkdir(path.join(folder, 'folder'))
  await symlink(path.join(root, 'nowhere'), path.join(folder, 'dangling'))
  await t.resolves(transport.open(await objectOf(transport, 'files/2024/a/link'), SIGNAL).then(buffer))
  const refused = [
    ['fifo', 'SOURCE_NOT_A_FILE', /is a FIFO/],
    ['device', 'SOURCE_NOT_A_FILE', /is a device/],
    ['folder', 'SOURCE_NOT_A_FILE', /is a directory/],
    ['dangling', 'SOURCE_GONE', /is not there/],
  ] as const
  for (const [name, code, message] of refused) {
    const object = await objectOf(transport, `files/2024/a/${name}`)
    t.equal(object.size, undefined)
    await t.rejects(transport.open(object, SIGNAL), { name: 'SourceError', code, message }, name)
    await t.rejects(transport.versionOf(object, SIGNAL), { name: 'SourceError', code }, name)
  }
})

await t.test('a file this user may not read is forbidden', { skip: process.getuid?.() === 0 && 'root may read everything' }, async (t) => {
  const { transport, put, root } = await directory(t)
  await put(ONE, gzipSync('a\n'))
  await chmod(path.join(root, ONE), 0)
  await t.rejects(transport.open(await objectOf(transport, ONE), SIGNAL), { name: 'ForbiddenError', code: 'SOURCE_FORBIDDEN' })
})

await t.test('a directory without the folder wanted is unusable, and a child that has it is named', async (t) => {
  const root = t.testdir({ child: { files: {} }, empty: {} })
  const list = (name: string) => listed(directoryTransport(name, LIMITS), wanted('2024/a'))
  await t.rejects(list(root), { name: 'UsageError', code: 'SOURCE_NO_DATASET', message: `the directory ${root} has no folder files`, hint: `did you mean ${root}/child?` })
  await t.rejects(list(`${root}/empty`), { code: 'SOURCE_NO_DATASET', hint: 'give the folder that holds files, with day files in files/YEAR/LETTER/NAME' })
  t.same(await list(`${root}/child`), [], 'one without files is merely empty')
})

await t.test('a directory too deep or too high is told with the one to give', async (t) => {
  const root = t.testdir({ first: { second: { files: { 2024: { a: {} } } } } })
  const list = (name: string) => listed(directoryTransport(name, LIMITS), wanted('2024/a'))
  const holder = `${root}/first/second`
  for (const deep of ['files', 'files/2024', 'files/2024/a']) {
    await t.rejects(list(`${holder}/${deep}`), { code: 'SOURCE_NO_DATASET', hint: `give the folder that holds files: ${holder}` }, deep)
  }
  for (const high of [root, `${root}/first`]) await t.rejects(list(high), { code: 'SOURCE_NO_DATASET', hint: `did you mean ${holder}?` }, high)
})

await t.test('a folder wanted that is none makes the place unusable; one that is not wanted is not looked at', async (t) => {
  const root = t.testdir({ files: { 2024: { a: 'a file', b: { one: 'x' } } } })
  await t.rejects(listed(directoryTransport(root, LIMITS), wanted('2024/a')), { name: 'UsageError', code: 'SOURCE_UNREADABLE', message: /2024\/a cannot be read/ })
  t.same((await listed(directoryTransport(root, LIMITS), wanted('2024/b'))).map(({ path }) => path), ['files/2024/b/one'])
})

await t.test('a version is refused for more bytes than a file may have', async (t) => {
  const { transport, put, root } = await directory(t)
  await put(ONE, gzipSync(Buffer.alloc(1e6)))
  const object = await objectOf(transport, ONE)
  await t.rejects(directoryTransport(root, { maxFileBytes: 1e5 }).versionOf(object, SIGNAL), { code: 'SOURCE_TOO_LARGE' })
})
