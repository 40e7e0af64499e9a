import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { MINUTE_AGGS } from '../../lib/datasets/minute.js'
import { isIsoDate, isoDate, type DateRange } from '../../lib/domain/dates.js'
import type { DayFileFormat, DayFileProvider } from '../../lib/providers/provider.js'
import { sourceAt, type Source } from '../../lib/sources/source.js'
import { directoryTransport } from '../../lib/transport/directory/directory.js'
import { directorySource } from '../helpers/load.js'
import { memoryObject } from '../helpers/s3-objects.js'
import { s3Source } from './fixture.js'

const SIGNAL = new AbortController().signal
const SOME = gzipSync('ticker\nA\n')
const range = (start: string, end: string): DateRange => ({ start: isoDate(start), end: isoDate(end) })

interface Place {
  source: Source
  put: (path: string, bytes: Buffer) => void
}

const PLACES: Record<string, (t: Test) => Promise<Place>> = {
  async directory(t) {
    const root = t.testdir({ day_aggs_v1: {} })
    const put = (name: string, bytes: Buffer) => {
      mkdirSync(path.join(root, path.dirname(name)), { recursive: true })
      writeFileSync(path.join(root, name), bytes)
    }
    return { source: directorySource(root), put }
  },
  async bucket(t) {
    const { server, source } = await s3Source(t)
    return { source, put: (name, bytes) => void server.objects.set(`us_stocks_sip/${name}`, memoryObject(bytes)) }
  },
}

for (const [name, place] of Object.entries(PLACES)) {
  await t.test(`the files of a range are listed by date, over month and year ends, in a ${name}`, async (t) => {
    const { source, put } = await place(t)
    const dates = ['2022-12-30', '2023-01-03', '2023-12-29', '2024-01-02', '2024-01-03', '2024-02-29']
    const pathOf = (date: string) => `day_aggs_v1/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`
    for (const date of dates) put(pathOf(date), SOME)
    const listed = await source.list(DAY_AGGS, range('2023-01-03', '2024-01-02'), SIGNAL)
    t.same([...listed.keys()], ['2023-01-03', '2023-12-29', '2024-01-02'])
    for (const [date, file] of listed) {
      t.equal(file.date, date)
      t.equal(file.size, SOME.length)
      t.ok(file.key.endsWith(pathOf(date)), file.key)
      t.ok((await buffer(await source.open(file, SIGNAL))).equals(SOME))
      t.match(await source.versionOf(file, SIGNAL), /^(etag|sha256):/)
    }
    t.same([...(await source.list(DAY_AGGS, range('2024-01-04', '2024-02-28'), SIGNAL)).keys()], [])
    t.equal(await source.probe(DAY_AGGS, isoDate('2024-01-04'), SIGNAL), 'absent')
  })

  await t.test(`what is not named as the layout names it is ignored in a ${name}`, async (t) => {
    const { source, put } = await place(t)
    put('day_aggs_v1/2024/01/2024-01-02.csv.gz', SOME)
    for (const stray of ['2024-01-03.csv', '2024-01-03.csv.gz.tmp', '2024-01-32.csv.gz', '2024-02-05.csv.gz', 'x2024-01-04.csv.gz', 'README']) put(`day_aggs_v1/2024/01/${stray}`, SOME)
    put('minute_aggs_v1/2024/01/2024-01-05.csv.gz', SOME)
    put('day_aggs_v1_old/2024/01/2024-01-08.csv.gz', SOME)
    t.same([...(await source.list(DAY_AGGS, range('2024-01-01', '2024-12-31'), SIGNAL)).keys()], ['2024-01-02'])
    t.same([...(await source.list(MINUTE_AGGS, range('2024-01-01', '2024-12-31'), SIGNAL)).keys()], ['2024-01-05'], 'each dataset has its own')
  })

  await t.test(`a signal stops the listing of a ${name}`, async (t) => {
    const { source } = await place(t)
    const reason = new Error('stopped')
    await t.rejects(source.list(DAY_AGGS, range('2024-01-02', '2024-01-02'), AbortSignal.abort(reason)), reason)
  })
}

await t.test('a bucket is asked once a year, and for a date by the key of its file', async (t) => {
  const { server, source, publish } = await s3Source(t)
  for (const date of ['2023-12-29', '2024-01-02', '2024-06-03']) publish(date, Buffer.from('x'))
  t.equal((await source.list(DAY_AGGS, range('2023-12-01', '2024-12-31'), SIGNAL)).size, 3)
  t.equal(await source.probe(DAY_AGGS, isoDate('2024-06-04'), SIGNAL), 'absent')
  t.same(server.requests.map(({ key }) => key), ['us_stocks_sip/day_aggs_v1/2023/', 'us_stocks_sip/day_aggs_v1/2024/', 'us_stocks_sip/day_aggs_v1/2024/06/2024-06-04.csv.gz'])
})

await t.test('where the day files are not, it is told where they are or what they look like', async (t) => {
  const year = range('2024-01-01', '2024-12-31')
  const root = t.testdir({ stocks: { day_aggs_v1: {} }, empty: {} })
  const list = (name: string) => directorySource(name).list(DAY_AGGS, year, SIGNAL)
  await t.rejects(list(root), { name: 'UsageError', code: 'SOURCE_NO_DATASET', message: `the directory ${root} has no folder day_aggs_v1`, hint: `did you mean ${root}/stocks?` })
  await t.rejects(list(`${root}/empty`), { code: 'SOURCE_NO_DATASET', hint: 'give the folder that holds day_aggs_v1, with day files in day_aggs_v1/YYYY/MM/YYYY-MM-DD.csv.gz' })
  await t.rejects(list(`${root}/stocks/day_aggs_v1`), { code: 'SOURCE_NO_DATASET', hint: `give the folder that holds day_aggs_v1: ${root}/stocks` })
  const { source } = await s3Source(t)
  await t.rejects(source.list(DAY_AGGS, year, SIGNAL), {
    name: 'UsageError', code: 'SOURCE_NO_DATASET', message: 's3://flatfiles/us_stocks_sip/ has no objects below day_aggs_v1/',
    hint: 'give the prefix that holds day_aggs_v1/, with day files in day_aggs_v1/YYYY/MM/YYYY-MM-DD.csv.gz',
  })
})

await t.test('it says whose files they are', async (t) => {
  t.equal(directorySource(t.testdir({})).provider, 'massive')
})

await t.test('another provider is a layout and its formats, each from its date on', async (t) => {
  const format = (from: string | null): DayFileFormat => ({ from: from === null ? null : isoDate(from), bars: () => { throw new Error('not read') }, symbols: () => { throw new Error('not read') } })
  const [first, second, third] = [format(null), format('2020-01-01'), format('2024-01-03')]
  const other: DayFileProvider = {
    name: 'other', aliases: [],
    files: { day_aggs: {
      formats: [first, second, third],
      layout: {
        folder: 'eod', form: 'eod/YYYY-MM-DD.txt',
        pathOf: (date) => `eod/${date}.txt`,
        dateOf: (path) => [path.slice(4, 14)].filter(isIsoDate).find((date) => path === `eod/${date}.txt`),
        foldersOf: () => ['eod'],
      },
    } },
  }
  const root = t.testdir({ eod: { '2024-01-02.txt': 'x', '2024-01-03.txt': 'xy', '2024-01-03.csv': 'x' } })
  const source = sourceAt(directoryTransport(root, { maxFileBytes: 1e9 }), other)
  t.equal(source.provider, 'other')
  t.same([...(await source.list(DAY_AGGS, range('2024-01-01', '2024-12-31'), SIGNAL)).values()].map(({ date, key, size }) => [date, key, size]), [
    ['2024-01-02', `${root}/eod/2024-01-02.txt`, 1], ['2024-01-03', `${root}/eod/2024-01-03.txt`, 2],
  ])
  t.equal(source.formatOn(DAY_AGGS, isoDate('2019-12-31')), first)
  t.equal(source.formatOn(DAY_AGGS, isoDate('2020-01-01')), second)
  t.equal(source.formatOn(DAY_AGGS, isoDate('2024-01-02')), second)
  t.equal(source.formatOn(DAY_AGGS, isoDate('2024-01-03')), third)
  await t.rejects(source.list(MINUTE_AGGS, range('2024-01-01', '2024-12-31'), SIGNAL), { name: 'UsageError', code: 'SOURCE_NO_DATASET', message: 'other has no day files of minute_aggs', hint: 'it has day_aggs' })
})
