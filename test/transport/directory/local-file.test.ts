import { execFileSync } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { localFile } from '../../../lib/transport/directory/local-file.js'
import { SIGNAL, singleContract } from '../contract.js'

const LIMITS = { maxFileBytes: 1e9 }

await t.test('a local file keeps the contract of single objects', (t) => singleContract(t, (t, bytes) => localFile(`${t.testdir({ file: bytes })}/file`, LIMITS)))

await t.test('a file of any name is told by its path, and identified by its bytes', async (t) => {
  const bytes = gzipSync('a\n')
  const root = t.testdir({ 'any name.txt': bytes })
  const file = localFile(`${root}/any name.txt`, LIMITS)
  t.equal(file.uri, `${root}/any name.txt`)
  t.same(file.object, { key: `${root}/any name.txt`, size: bytes.length, version: undefined })
  t.match(await file.versionOf(file.object, SIGNAL), /^sha256:[0-9a-f]{64}$/)
})

await t.test('a file that is cut between two gzip members before it is opened fails', async (t) => {
  const name = `${t.testdir({ file: Buffer.concat([gzipSync('ticker\n'), gzipSync('A\n')]) })}/file`
  const file = localFile(name, LIMITS)
  truncateSync(name, gzipSync('ticker\n').length)
  const cut = { name: 'SourceError', code: 'SOURCE_LENGTH', message: /^\/.*\/file has 27 bytes and had 49 when it was listed$/ }
  await t.rejects(file.open(file.object, SIGNAL).then(buffer), cut)
  await t.rejects(file.versionOf(file.object, SIGNAL), cut)
})

await t.test('a path that is no regular file is refused with what to do instead', async (t) => {
  const root = t.testdir({ file: '' })
  execFileSync('mkfifo', [`${root}/fifo`])
  const refused = [
    [root, 'FILE_NOT_REGULAR', /is a directory/, /--source/],
    [`${root}/fifo`, 'FILE_NOT_REGULAR', /is a FIFO/, /--file -/],
    ['/dev/zero', 'FILE_NOT_REGULAR', /is a device/, /--file -/],
    [`${root}/none`, 'FILE_NOT_FOUND', /none is not there/, undefined],
    [`${root}/file/below`, 'FILE_NOT_FOUND', /below is not there/, undefined],
    [`${root}/${'x'.repeat(300)}`, 'SOURCE_UNREADABLE', /cannot be looked at/, undefined],
  ] as const
  for (const [name, code, message, hint] of refused) {
    t.throws(() => localFile(name, LIMITS), { name: 'UsageError', code, message, ...(hint && { hint }) })
  }
})
