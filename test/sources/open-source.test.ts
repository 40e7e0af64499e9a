import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate } from '../../lib/domain/dates.js'
import { localFileSource, openSource, stdinSource } from '../../lib/sources/open-source.js'

const SIGNAL = new AbortController().signal
const LIMITS = { maxFileBytes: 1e9 }
const DATE = isoDate('2024-01-02')
const MONTH = { start: isoDate('2024-01-01'), end: isoDate('2024-01-31') }
const LATER = { start: isoDate('2024-01-03'), end: isoDate('2024-01-31') }

await t.test('a URI is opened as the place it names', async (t) => {
  const root = t.testdir({})
  t.match(openSource(root, { env: {}, ...LIMITS }), { uri: root, provider: 'massive' })
  t.match(openSource('s3://bucket/prefix/', { env: {}, ...LIMITS }), { uri: 's3://bucket/prefix', provider: 'massive' })
})

await t.test('a local file of any name is the day file of the date given, and of no other', async (t) => {
  const bytes = gzipSync('ticker\n')
  const root = t.testdir({ 'any name.txt': bytes })
  const source = localFileSource(`${root}/any name.txt`, DATE, LIMITS)
  t.equal(source.uri, `${root}/any name.txt`)
  const listed = await source.list(DAY_AGGS, MONTH, SIGNAL)
  t.same([...listed.values()], [{ date: DATE, key: `${root}/any name.txt`, size: bytes.length, version: undefined }])
  t.equal((await source.list(DAY_AGGS, LATER, SIGNAL)).size, 0)
  t.equal(await source.probe(DAY_AGGS, isoDate('2024-01-03'), SIGNAL), 'absent')
  const file = listed.get(DATE)!
  t.ok((await buffer(await source.open(file, SIGNAL))).equals(bytes))
  t.match(await source.versionOf(file, SIGNAL), /^sha256:[0-9a-f]{64}$/)
  await source.close()
})

await t.test('stdin is the day file of the date given', async (t) => {
  const source = stdinSource(Readable.from([Buffer.from('ticker\n')], { objectMode: false }), DATE)
  t.same([...(await source.list(DAY_AGGS, MONTH, SIGNAL)).values()], [{ date: DATE, key: '-', size: undefined, version: undefined }])
  t.equal((await source.list(DAY_AGGS, LATER, SIGNAL)).size, 0)
  t.equal(source.formatOn(DAY_AGGS, DATE).from, null)
})

await t.test('a terminal as stdin is refused at once', async (t) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  t.throws(() => stdinSource(stdin, DATE), { name: 'UsageError', code: 'STDIN_IS_A_TERMINAL', hint: /< 2024-01-02\.csv\.gz/ })
})
