import { execFileSync } from 'node:child_process'
import { createReadStream, truncateSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { localFileSource, stdinSource } from '../../../lib/transport/stdin/local-file.js'
import { fileOf, range, SIGNAL } from '../contract.js'

const DATE = isoDate('2024-01-02')
const LIMITS = { maxFileBytes: 1e9 }

await t.test('a file of any name is the day file of the date given, and of no other', async (t) => {
  const bytes = gzipSync('ticker\n')
  const root = t.testdir({ 'any name.txt': bytes })
  const source = localFileSource(`${root}/any name.txt`, DATE, LIMITS)
  const listed = await source.list(DAY_AGGS, range('2024-01-01', '2024-01-31'), SIGNAL)
  t.same([...listed.values()], [{ date: DATE, key: `${root}/any name.txt`, size: bytes.length, identity: undefined }])
  t.equal((await source.list(DAY_AGGS, range('2024-01-03', '2024-01-31'), SIGNAL)).size, 0)
  t.equal(await source.probe(DAY_AGGS, isoDate('2024-01-03'), SIGNAL), 'absent')
  const file = await fileOf(source, DATE)
  t.ok((await buffer(await source.open(file, SIGNAL))).equals(bytes))
  t.match(await source.identify(file, SIGNAL), /^sha256:[0-9a-f]{64}$/)
  await source.close()
})

await t.test('a file that is cut between two gzip members before it is opened fails', async (t) => {
  const name = `${t.testdir({ file: Buffer.concat([gzipSync('ticker\n'), gzipSync('A\n')]) })}/file`
  const source = localFileSource(name, DATE, LIMITS)
  const file = await fileOf(source, DATE)
  truncateSync(name, gzipSync('ticker\n').length)
  const cut = { name: 'SourceError', code: 'SOURCE_LENGTH', message: /^\/.*\/file has 27 bytes and had 49 when it was listed$/ }
  await t.rejects(source.open(file, SIGNAL).then(buffer), cut)
  await t.rejects(source.identify(file, SIGNAL), cut)
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
    t.throws(() => localFileSource(name, DATE, LIMITS), { name: 'UsageError', code, message, ...(hint && { hint }) })
  }
})

await t.test('stdin is read once, and only reading tells its identity', async (t) => {
  const source = stdinSource(Readable.from([Buffer.from('ticker\n'), Buffer.from('A\n')], { objectMode: false }), DATE)
  const file = await fileOf(source, DATE)
  t.same(file, { date: DATE, key: '-', size: undefined, identity: undefined })
  t.equal(await source.identify(file, SIGNAL), undefined)
  t.equal(String(await buffer(await source.open(file, SIGNAL))), 'ticker\nA\n')
  await t.rejects(source.open(file, SIGNAL), { name: 'SourceError', code: 'STDIN_READ_ALREADY' })
})

await t.test('a terminal as stdin is refused at once', async (t) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  t.throws(() => stdinSource(stdin, DATE), { name: 'UsageError', code: 'STDIN_IS_A_TERMINAL', hint: /< 2024-01-02\.csv\.gz/ })
})

await t.test('a signal ends the wait for a stdin that sends nothing', async (t) => {
  const stdin = new PassThrough()
  const source = stdinSource(stdin, DATE)
  const stop = new AbortController()
  const reason = new Error('stopped')
  const reading = source.open(await fileOf(source, DATE), stop.signal).then(buffer)
  stop.abort(reason)
  await t.rejects(reading, reason)
  t.ok(stdin.destroyed)
})

await t.test('a stdin that cannot be read is a source error', async (t) => {
  const source = stdinSource(createReadStream('/'), DATE)
  await t.rejects(source.open(await fileOf(source, DATE), SIGNAL).then(buffer), { name: 'SourceError', code: 'SOURCE_UNREADABLE', message: /^stdin cannot be read/ })
})
