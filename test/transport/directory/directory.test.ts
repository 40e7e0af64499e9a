import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { directorySource } from '../../../lib/transport/directory/directory.js'
import { fileOf, pathOf, range, SIGNAL, sourceContract, type Place } from '../contract.js'

const LIMITS = { maxFileBytes: 1e9 }

async function directory(t: { testdir(): string }): Promise<Place & { root: string }> {
  const root = t.testdir()
  await mkdir(path.join(root, 'day_aggs_v1'))
  return {
    root,
    source: directorySource(root, LIMITS),
    async put(name, bytes) {
      await mkdir(path.join(root, path.dirname(name)), { recursive: true })
      await writeFile(path.join(root, name), bytes)
    },
    remove: (name) => rm(path.join(root, name)),
  }
}

await t.test('a directory keeps the contract of sources', (t) => sourceContract(t, directory))

await t.test('its identity is that of the decompressed bytes, packed in whatever way', async (t) => {
  const { source, put } = await directory(t)
  const text = Buffer.from('ticker,volume\nA,1\n')
  for (const stored of [text, gzipSync(text), gzipSync(text, { level: 1 }), Buffer.concat([gzipSync(text.subarray(0, 5)), gzipSync(text.subarray(5))])]) {
    await put(pathOf('2024-01-02'), stored)
    const file = await fileOf(source, '2024-01-02')
    t.equal(file.identity, undefined, 'the listing cannot tell')
    t.equal(await source.identify(file, SIGNAL), `sha256:${createHash('sha256').update(text).digest('hex')}`)
  }
})

await t.test('a file of the very bytes of a known version has its identity, any other its own', async (t) => {
  const { source, put } = await directory(t)
  await put(pathOf('2024-01-02'), gzipSync('ticker\nA\n'))
  const file = await fileOf(source, '2024-01-02')
  const sha256 = createHash('sha256').update(gzipSync('ticker\nA\n')).digest('hex')
  t.equal(await source.identify(file, SIGNAL, { sha256, identity: 'etag:1' }), 'etag:1')
  t.match(await source.identify(file, SIGNAL, { sha256: sha256.toUpperCase(), identity: 'etag:1' }), /^sha256:/)
})

await t.test('a link to a regular file is followed; what is no regular file is listed and refused without waiting', async (t) => {
  const { source, put, root } = await directory(t)
  await put('elsewhere/a.gz', gzipSync('ticker\n'))
  const month = path.join(root, 'day_aggs_v1/2024/01')
  await mkdir(month, { recursive: true })
  await symlink(path.join(root, 'elsewhere/a.gz'), path.join(month, '2024-01-02.csv.gz'))
  execFileSync('mkfifo', [path.join(month, '2024-01-03.csv.gz')])
  await symlink('/dev/zero', path.join(month, '2024-01-04.csv.gz'))
  await mkdir(path.join(month, '2024-01-05.csv.gz'))
  await symlink(path.join(root, 'nowhere'), path.join(month, '2024-01-08.csv.gz'))
  await t.resolves(source.open(await fileOf(source, '2024-01-02'), SIGNAL).then(buffer))
  const refused = [
    ['2024-01-03', 'SOURCE_NOT_A_FILE', /is a FIFO/],
    ['2024-01-04', 'SOURCE_NOT_A_FILE', /is a device/],
    ['2024-01-05', 'SOURCE_NOT_A_FILE', /is a directory/],
    ['2024-01-08', 'SOURCE_GONE', /is not there/],
  ] as const
  for (const [date, code, message] of refused) {
    const file = await fileOf(source, date)
    t.equal(file.size, undefined)
    await t.rejects(source.open(file, SIGNAL), { name: 'SourceError', code, message }, date)
    await t.rejects(source.identify(file, SIGNAL), { name: 'SourceError', code }, date)
  }
})

await t.test('a file this user may not read is forbidden', { skip: process.getuid?.() === 0 && 'root may read everything' }, async (t) => {
  const { source, put, root } = await directory(t)
  await put(pathOf('2024-01-02'), gzipSync('ticker\n'))
  await chmod(path.join(root, pathOf('2024-01-02')), 0)
  await t.rejects(source.open(await fileOf(source, '2024-01-02'), SIGNAL), { name: 'ForbiddenError', code: 'SOURCE_FORBIDDEN' })
})

await t.test('a directory without the dataset is unusable, and a child that has it is named', async (t) => {
  const root = t.testdir({ us_stocks_sip: { day_aggs_v1: {} }, empty: {} })
  const list = (name: string) => directorySource(name, LIMITS).list(DAY_AGGS, range('2024-01-02', '2024-01-02'), SIGNAL)
  await t.rejects(list(root), { name: 'UsageError', code: 'SOURCE_NO_DATASET', message: /has no folder day_aggs_v1/, hint: `did you mean ${root}/us_stocks_sip?` })
  await t.rejects(list(`${root}/empty`), { code: 'SOURCE_NO_DATASET', hint: 'give the folder that holds day_aggs_v1, with day files in day_aggs_v1/YYYY/MM/YYYY-MM-DD.csv.gz' })
  t.equal((await list(`${root}/us_stocks_sip`)).size, 0, 'one without files is merely empty')
})

await t.test('a directory too deep or too high is told with the one to give', async (t) => {
  const root = t.testdir({ vendor: { us_stocks_sip: { day_aggs_v1: { 2024: { '01': {} } } } } })
  const list = (name: string) => directorySource(name, LIMITS).list(DAY_AGGS, range('2024-01-02', '2024-01-02'), SIGNAL)
  const holder = `${root}/vendor/us_stocks_sip`
  for (const deep of ['day_aggs_v1', 'day_aggs_v1/2024', 'day_aggs_v1/2024/01']) {
    await t.rejects(list(`${holder}/${deep}`), { code: 'SOURCE_NO_DATASET', hint: `give the folder that holds day_aggs_v1: ${holder}` }, deep)
  }
  for (const high of [root, `${root}/vendor`]) await t.rejects(list(high), { code: 'SOURCE_NO_DATASET', hint: `did you mean ${holder}?` }, high)
})

await t.test('a month that is no directory makes the source unusable', async (t) => {
  const root = t.testdir({ day_aggs_v1: { 2024: { '01': 'a file' } } })
  const list = directorySource(root, LIMITS).list(DAY_AGGS, range('2024-01-02', '2024-01-02'), SIGNAL)
  await t.rejects(list, { name: 'UsageError', code: 'SOURCE_UNREADABLE', message: /2024\/01 cannot be read/ })
})

await t.test('an identity is refused for more bytes than a file may have', async (t) => {
  const { source, put, root } = await directory(t)
  await put(pathOf('2024-01-02'), gzipSync(Buffer.alloc(1e6)))
  const file = await fileOf(source, '2024-01-02')
  await t.rejects(directorySource(root, { maxFileBytes: 1e5 }).identify(file, SIGNAL), { code: 'SOURCE_TOO_LARGE' })
})
