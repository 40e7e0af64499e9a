import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate, type DateRange } from '../../lib/domain/dates.js'
import { dayFilePath, type DayFile, type Source } from '../../lib/transport/source.js'

/** A source under test and the place it reads, which may be changed. Paths are those of the layout, for instance `day_aggs_v1/2024/...`. */
export interface Place {
  source: Source
  put: (path: string, bytes: Buffer) => Promise<void>
  remove: (path: string) => Promise<void>
}

export const SIGNAL = new AbortController().signal

export const range = (start: string, end: string): DateRange => ({ start: isoDate(start), end: isoDate(end) })

export const pathOf = (date: string): string => dayFilePath(DAY_AGGS, isoDate(date))

/** The listed file of a date. */
export async function fileOf(source: Source, date: string): Promise<DayFile> {
  const file = (await source.list(DAY_AGGS, range(date, date), SIGNAL)).get(isoDate(date))
  if (!file) throw new Error(`${date} is not listed`)
  return file
}

/** What every source that holds many day files promises. */
export async function sourceContract(t: Test, place: (t: Test) => Promise<Place>): Promise<void> {
  const SOME = gzipSync('ticker\nA\n')

  await t.test('the files of a range are listed by date, over month and year ends', async (t) => {
    const { source, put } = await place(t)
    const dates = ['2022-12-30', '2023-01-03', '2023-12-29', '2024-01-02', '2024-01-03', '2024-02-29']
    for (const date of dates) await put(pathOf(date), SOME)
    const listed = await source.list(DAY_AGGS, range('2023-01-03', '2024-01-02'), SIGNAL)
    t.same([...listed.keys()], ['2023-01-03', '2023-12-29', '2024-01-02'])
    for (const [date, file] of listed) {
      t.equal(file.date, date)
      t.equal(file.size, SOME.length)
      t.ok(file.key.endsWith(pathOf(date)), file.key)
    }
    t.same([...(await source.list(DAY_AGGS, range('2024-01-04', '2024-02-28'), SIGNAL)).keys()], [])
  })

  await t.test('what is not named as the layout names it is ignored', async (t) => {
    const { source, put } = await place(t)
    await put(pathOf('2024-01-02'), SOME)
    for (const stray of ['2024-01-03.csv', '2024-01-03.csv.gz.tmp', '2024-01-32.csv.gz', '2024-02-05.csv.gz', 'x2024-01-04.csv.gz', 'README']) {
      await put(`day_aggs_v1/2024/01/${stray}`, SOME)
    }
    await put('minute_aggs_v1/2024/01/2024-01-05.csv.gz', SOME)
    await put('day_aggs_v1_old/2024/01/2024-01-08.csv.gz', SOME)
    t.same([...(await source.list(DAY_AGGS, range('2024-01-01', '2024-12-31'), SIGNAL)).keys()], ['2024-01-02'])
  })

  await t.test('a file arrives byte by byte as it is stored', async (t) => {
    const { source, put } = await place(t)
    const bytes = randomBytes(3_000_001)
    await put(pathOf('2024-01-02'), bytes)
    t.ok((await buffer(await source.open(await fileOf(source, '2024-01-02'), SIGNAL))).equals(bytes))
  })

  await t.test('an identity lasts as long as the content does', async (t) => {
    const { source, put } = await place(t)
    const identity = async () => source.identify(await fileOf(source, '2024-01-02'), SIGNAL)
    await put(pathOf('2024-01-02'), SOME)
    const first = await identity()
    t.match(first, /^(etag|sha256):/)
    t.equal(await identity(), first)
    await put(pathOf('2024-01-02'), gzipSync('ticker\nB\n'))
    t.not(await identity(), first)
  })

  await t.test('a date without a file is absent, and a file that went after the listing fails its date only', async (t) => {
    const { source, put, remove } = await place(t)
    await put(pathOf('2024-01-02'), SOME)
    t.equal(await source.probe(DAY_AGGS, isoDate('2024-01-03'), SIGNAL), 'absent')
    const file = await fileOf(source, '2024-01-02')
    await remove(pathOf('2024-01-02'))
    await t.rejects(source.open(file, SIGNAL).then(buffer), { name: 'SourceError', code: 'SOURCE_GONE' })
  })

  await t.test('a file that is cut between two gzip members after the listing, or replaced by another, fails its date only', async (t) => {
    const { source, put } = await place(t)
    const whole = Buffer.concat([SOME, gzipSync('B\n')])
    for (const other of [SOME, Buffer.concat([whole, gzipSync('C\n')])]) {
      await put(pathOf('2024-01-02'), whole)
      const file = await fileOf(source, '2024-01-02')
      await put(pathOf('2024-01-02'), other)
      await t.rejects(source.open(file, SIGNAL).then(buffer), { name: 'SourceError', code: /^SOURCE_(LENGTH|REPLACED)$/, hint: /load the date again/ })
      t.ok((await buffer(await source.open(await fileOf(source, '2024-01-02'), SIGNAL))).equals(other), 'listed anew, it is what it is')
    }
  })

  await t.test('a signal stops it before it begins and in the middle of a body', async (t) => {
    const { source, put } = await place(t)
    await put(pathOf('2024-01-02'), randomBytes(5_000_000))
    const reason = new Error('stopped')
    const file = await fileOf(source, '2024-01-02')
    await t.rejects(source.list(DAY_AGGS, range('2024-01-02', '2024-01-02'), AbortSignal.abort(reason)), reason)
    await t.rejects(source.open(file, AbortSignal.abort(reason)), reason)
    const stop = new AbortController()
    const body = await source.open(file, stop.signal)
    const read = async () => {
      for await (const _ of body) stop.abort(reason)
    }
    await t.rejects(read(), reason)
    t.ok(body.destroyed)
  })

  await t.test('it can be closed twice, and says where it is and who made the files', async (t) => {
    const { source } = await place(t)
    t.equal(source.provider, 'massive')
    t.ok(source.uri.length > 0)
    await source.close()
    await source.close()
  })
}
